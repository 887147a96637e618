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
