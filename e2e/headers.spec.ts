import { expect, test } from "#e2e/fixtures.ts";

const expected = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

for (const path of ["/", "/sign-in", "/devices", "/no-such-page", "/api/v1/devices", "/setup"]) {
  test(`${path} carries the security headers`, async ({ request }) => {
    const headers = (await request.get(path, { maxRedirects: 0 })).headers();

    expect(headers).toMatchObject(expected);
    expect(headers["content-security-policy"]).toMatch(/script-src [^;]*'nonce-[^']+'/);
    expect(headers["content-security-policy"]).not.toMatch(/script-src [^;]*'unsafe/);
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers).not.toHaveProperty("x-powered-by");
  });
}

test("every page has a nonce of its own", async ({ request }) => {
  const nonces = await Promise.all(
    [1, 2, 3].map(async () => {
      const policy = (await request.get("/sign-in")).headers()["content-security-policy"] ?? "";
      return /'nonce-([^']+)'/.exec(policy)?.[1];
    }),
  );

  expect(new Set(nonces).size).toBe(3);
});

test("the way around the proxy that older Next releases had is closed", async ({
  playwright,
  product,
}) => {
  const anonymous = await playwright.request.newContext({
    baseURL: product.url,
    storageState: { cookies: [], origins: [] },
  });
  for (const headers of [
    { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
    { "x-middleware-subrequest": "src/middleware:src/middleware" },
    { rsc: "1" },
    { "next-router-prefetch": "1", rsc: "1" },
  ]) {
    const response = await anonymous.get("/devices", { headers, maxRedirects: 0 });
    expect(response.status(), JSON.stringify(headers)).toBeGreaterThanOrEqual(301);
    expect(await response.text()).not.toContain("Harbour Works");
  }
  await anonymous.dispose();
});

// docs/performance.md says what was measured; this is some 5 % more.
for (const [path, mostKb, who] of [
  ["/sign-in", 174, "anonymous"],
  ["/devices", 271, "signed in"],
  ["/explore", 252, "signed in"],
] as const) {
  test.describe(`the scripts of ${path}`, () => {
    if (who === "anonymous") test.use({ storageState: { cookies: [], origins: [] } });

    test(`weigh at most ${mostKb} kB until the page is loaded`, async ({ page }) => {
      const session = await page.context().newCDPSession(page);
      const scripts = new Set<string>();
      let bytes = 0;
      session.on("Network.responseReceived", ({ requestId, type }) => {
        if (type === "Script") scripts.add(requestId);
      });
      session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
        if (scripts.has(requestId)) bytes += encodedDataLength;
      });
      await session.send("Network.enable");

      await page.goto(path, { waitUntil: "load" });

      expect(scripts.size).toBeGreaterThan(5);
      expect(bytes / 1_000).toBeLessThan(mostKb);
    });
  });
}
