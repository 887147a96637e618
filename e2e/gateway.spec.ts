import { expect, test } from "#e2e/fixtures.ts";

test("a gateway gets its children by the wizard, which sees the first word of one", async ({
  page,
  createDevice,
  connectDevice,
}) => {
  const device = await createDevice("Hall gateway", "--id", "hall-gateway");
  await page.goto("/onboard/gateway");
  await page.getByRole("textbox", { name: "Device id of the gateway" }).fill("hall-gateway");
  await page.getByRole("button", { name: "Continue with this gateway" }).click();

  await page.getByRole("radio", { name: /Register them/ }).check();
  await page.getByRole("spinbutton", { name: "Children at most" }).fill("3");
  await page.getByRole("button", { name: "Save and continue" }).click();

  const lines = page.getByRole("textbox", { name: "Children" });
  await lines.fill("hall meter\nhall-meter-2, Second meter, no-such-profile");
  await page.getByRole("button", { name: "Put them behind the gateway" }).click();
  await expect(page.getByText("Line 1: “hall meter” is no device id.")).toBeVisible();
  await expect(page.getByText("Line 2: there is no profile “no-such-profile”.")).toBeVisible();
  await lines.fill("device id,name\nhall-meter-1, First meter\nhall-meter-2, Second meter");
  await page.getByRole("button", { name: "Put them behind the gateway" }).click();
  await expect(
    page.getByRole("heading", { name: "Waiting for the first message of a child" }),
  ).toBeVisible();

  const client = await connectDevice(device);
  const topic = (child: string) => `qs/v1/d/hall-gateway/up/child/${child}/telemetry`;
  await client.publishAsync(topic("hall-meter-1"), JSON.stringify({ litres: 17.25 }), { qos: 1 });

  await expect(page.getByRole("heading", { name: "First meter was heard" })).toBeVisible();
  await page.getByRole("link", { name: "Open the child" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "First meter" })).toBeVisible();
  await expect(page.locator('[data-metric="litres"] [data-value]')).toHaveText("17.25");
  await page.getByRole("link", { name: "Hall gateway" }).click();

  const children = page.getByRole("region", { name: "Children" });
  await expect(children.getByRole("link", { name: "Second meter" })).toBeVisible();
  await children.getByRole("button", { name: "Detach Second meter" }).click();
  await expect(children.getByRole("link", { name: "Second meter" })).toHaveCount(0);

  await children.getByRole("link", { name: "All of them in the list of devices" }).click();
  await expect(page.getByRole("link", { name: "First meter" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Hall gateway" })).toHaveCount(0);
  await page.getByRole("button", { name: "Remove the filter Behind a gateway" }).click();
  await expect(page.getByRole("link", { name: "Hall gateway" })).toBeVisible();
});

test("children nobody knows come by the policy, up to its limit, and the others are told why", async ({
  cli,
  createDevice,
  connectDevice,
}) => {
  const device = await createDevice("Yard gateway", "--id", "yard-gateway");
  const client = await connectDevice(device);
  await client.subscribeAsync("qs/v1/d/yard-gateway/dn/#", { qos: 1 });
  const say = async (child: string, qos: 0 | 1 = 1) =>
    client
      .publishAsync(`qs/v1/d/yard-gateway/up/child/${child}/telemetry`, '{"t":1}', { qos })
      .then(
        () => "stored",
        (error: unknown) => String(error),
      );

  expect(await say("yard-1")).toMatch(/child-unknown|135|0x87|Not authorized/i);
  const policy = ["--mode", "register", "--quarantine", "no", "--most", "1"];
  await cli("device", "child-policy", "yard-gateway", ...policy);
  await expect.poll(() => say("yard-1")).toBe("stored");
  expect(await say("yard-2")).not.toBe("stored");
  const told = new Promise<string>((resolve) => {
    client.once("message", (_, payload) => resolve(payload.toString()));
  });
  await say("yard-2", 0);
  expect(JSON.parse(await told)).toMatchObject({ reason: "child-limit" });

  const { document } = await cli("device", "children", "yard-gateway");
  expect(document).toMatchObject({ count: 1, children: [{ deviceId: "yard-1", state: "active" }] });
});

test("a child with a silent gateway says so, and the list of a gateway narrows the fleet by REST", async ({
  page,
  api,
  createDevice,
}) => {
  await createDevice("Quiet gateway", "--id", "quiet-gateway");
  await createDevice("Quiet child", "--id", "quiet-child");
  const call = await api();
  const put = await call("/devices/quiet-child/gateway", {
    method: "PUT",
    body: JSON.stringify({ gateway: "quiet-gateway" }),
  });
  expect(await put.json()).toEqual({ deviceId: "quiet-child", gateway: "quiet-gateway" });
  const list = await call("/devices/quiet-gateway/children");
  expect(await list.json()).toMatchObject({ count: 1, presences: { never_seen: 1 } });

  await page.goto("/devices/quiet-child");
  await expect(page.getByText("Its gateway Quiet gateway has not connected yet")).toBeVisible();
});

test("a device is decommissioned by its wizard, with a proof to file", async ({
  page,
  cli,
  api,
  createDevice,
}) => {
  await createDevice("Old gateway", "--id", "old-gateway");
  await createDevice("Old child", "--id", "old-child");
  await cli("device", "attach", "old-child", "--gateway", "old-gateway");
  await page.goto("/devices/old-gateway");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Decommission…" }).click();

  await expect(page.getByRole("region", { name: "What it reaches" })).toContainText(
    "Devices behind it1",
  );
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("radio", { name: /Decommission them too/ }).check();
  await page.getByRole("radio", { name: "Delete it for good" }).check();
  await page.getByRole("textbox", { name: "Reason" }).fill("The hall is torn down");
  const confirm = page.getByRole("button", { name: "Decommission for good" });
  await expect(confirm).toBeDisabled();
  await page.getByRole("textbox", { name: "Type old-gateway to confirm" }).fill("old-gateway");
  await confirm.click();
  await expect(page.getByRole("heading", { name: "Old gateway is decommissioned" })).toBeVisible();
  await expect(page.getByText("What it sent is being deleted.")).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the proof (PDF)" }).first().click(),
  ]);
  expect(download.suggestedFilename()).toBe("decommissioning-old-gateway.pdf");

  const { document } = await cli("device", "show", "old-child");
  expect(document).toMatchObject({ state: "decommissioned" });
  const call = await api("auditor");
  const proof = await call("/devices/old-child/decommission-proof");
  expect(proof.headers.get("content-type")).toBe("application/pdf");
  expect((await (await api("viewer"))("/devices/old-child/decommission-proof")).status).toBe(403);
});
