import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test, type CreatedDevice, type Fixtures } from "#e2e/fixtures.ts";

const minute = 60_000;
const chart = (page: Page) => page.getByRole("application", { name: /Chart of/ }).first();

/** Publishes a reading a minute for the last half hour, as a device does that was offline. */
async function publishHistory(
  client: { publishAsync(topic: string, payload: string, options: { qos: 1 }): Promise<unknown> },
  { deviceId }: CreatedDevice,
): Promise<void> {
  const now = Date.now();
  for (let ago = 30; ago > 0; ago -= 1) {
    // Ten minutes of silence in between.
    if (ago > 12 && ago < 22) continue;
    const values = { flow: 10 + ago, inlet: 50 - ago, open: ago % 5 === 0, mode: "eco" };
    const reading = { id: `r${ago}`, ts: now - ago * minute, values };
    await client.publishAsync(`qs/v1/d/${deviceId}/up/telemetry`, JSON.stringify(reading), {
      qos: 1,
    });
  }
}

async function fileOf(page: Page, item: string): Promise<Buffer> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: item }).click();
  return readFile(await (await download).path());
}

test("devices are chosen, drawn, zoomed, compared, annotated and taken along", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Explored pump");
  const client = await connectDevice(device);
  await publishHistory(client, device);

  await page.goto("/explore");
  await expect(page.getByText("Choose devices to see their values")).toBeVisible();
  await expect(async () => {
    await page.getByRole("button", { name: "Add a device" }).click();
    await page.getByRole("searchbox", { name: "Add a device" }).fill("Explored", { timeout: 500 });
  }).toPass();
  await page.getByRole("button", { name: /Explored pump/ }).click();
  await page.keyboard.press("Escape");
  // Not check(): the list moves behind a button with the first choice.
  await page.getByRole("checkbox", { name: "flow" }).click();
  await page.getByRole("button", { name: "1 metric" }).click();
  for (const metric of ["inlet", "open", "mode"]) {
    await page.getByRole("checkbox", { name: metric }).click();
    await expect(page.getByRole("checkbox", { name: metric })).toBeChecked();
  }
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Range" }).selectOption("3600000");

  await expect(page.getByRole("heading", { name: "Values without a unit" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Switches" })).toBeVisible();
  await expect(page.getByRole("row", { name: /Explored pump · flow/ })).toContainText("21");
  await expect(chart(page)).toBeVisible();

  // What is published now is there without asking, and read out at the crosshair.
  await client.publishAsync(`qs/v1/d/${device.deviceId}/up/telemetry`, '{"flow":77}', { qos: 1 });
  await expect(async () => {
    await chart(page).focus();
    await page.keyboard.press("End");
    await expect(page.getByRole("status").filter({ hasText: /flow 77/ })).toBeAttached({
      timeout: 500,
    });
  }).toPass();

  // A note at the crosshair, by keyboard alone.
  for (let step = 0; step < 10; step += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("n");
  await page.getByRole("textbox", { name: "What happened" }).fill("Filter cleaned");
  await page.getByRole("button", { name: "Save the note" }).click();
  const note = page.getByRole("button", { name: /Note, .*Filter cleaned/ }).first();
  await expect(note).toBeVisible();
  await note.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "What happened" }).fill("Filter replaced");
  await page.getByRole("button", { name: "Save the note" }).click();
  await expect(page.getByRole("button", { name: /Filter replaced/ }).first()).toBeVisible();

  // Drag to zoom, and back.
  const box = await page.locator("[data-surface]").first().boundingBox();
  if (box === null) throw new Error("The chart has no place.");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/r=\d+%7E\d+|r=\d+~\d+/);
  const zoomed = page.url();
  // Dragged with Shift it moves, and its values are read beside the pointer.
  await page.mouse.move(box.x + box.width * 0.7, y);
  await expect(page.locator("[data-screen-only]").first()).toContainText("flow");
  await page.keyboard.down("Shift");
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
  await expect(page.locator("[data-clip] svg").first()).toHaveCSS("transform", /matrix/);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect(page).not.toHaveURL(zoomed);
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page).toHaveURL(zoomed);
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page).toHaveURL(/r=1h/);

  await page.getByRole("button", { name: "Shown" }).click();
  await page.getByLabel("Compare with").selectOption("previous");
  await page.getByLabel("Charts").selectOption("metric");
  await page
    .getByLabel(/^Value$/)
    .last()
    .fill("25");
  await page.getByRole("button", { name: "Add a limit" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("limit 25").first()).toBeAttached();
  await expect(page).toHaveURL(/c=previous/);

  const csv = (await fileOf(page, "Shown values (CSV)")).toString("utf8");
  expect(csv).toMatch(/^time,device,group,metric,unit,value,least,greatest,readings\r\n/);
  expect(csv).toContain(`${device.deviceId},,flow,,40,40,40,1`);
  const png = await fileOf(page, "Picture (PNG), dark");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.length).toBeGreaterThan(20_000);

  const link = page.url().replace("d=", "d=pump-that-was,");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(link);
  await expect(page.getByText("pump-that-was is not there (any more).")).toBeVisible();
  await expect(page.getByRole("row", { name: /Explored pump · flow/ })).toContainText("77");
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
});

test("charts that nobody sees stand still, and are drawn for paper and when they are scrolled to", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Unseen boiler");
  const client = await connectDevice(device);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  const publish = async (value: number) => {
    const values = { top: value, bottom: value };
    await client.publishAsync(topic, JSON.stringify({ values }), { qos: 1 });
  };
  await publish(1);
  await page.setViewportSize({ width: 1000, height: 420 });
  await page.goto(`/explore?d=${device.deviceId}&m=top&m=bottom&r=15m&v=metric`);
  const pathsOf = (metric: string) =>
    page
      .locator(`[data-chart="${metric}"] path[d]`)
      .evaluateAll((paths) => paths.map((path) => path.getAttribute("d")).join());
  const bottom = page.locator('[data-chart="bottom"]');
  await expect(page.locator('[data-chart="top"] [data-clip] path[d]').first()).toBeAttached();
  await expect(bottom.locator("[data-clip] path[d]").first()).toBeAttached();
  await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
  await page.locator('[data-chart="top"]').scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, 0));
  const place = await bottom.boundingBox();
  if (place === null) throw new Error("The chart has no place.");
  expect(place.y, "it lies below the window").toBeGreaterThan(420 + 200);

  const [seen, unseen] = [await pathsOf("top"), await pathsOf("bottom")];
  await expect(async () => {
    await publish(2);
    expect(await pathsOf("top")).not.toBe(seen);
  }).toPass();
  expect(await pathsOf("bottom")).toBe(unseen);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect.poll(() => pathsOf("bottom")).not.toBe(unseen);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));

  const printed = await pathsOf("bottom");
  await publish(3);
  await bottom.scrollIntoViewIfNeeded();
  await expect.poll(() => pathsOf("bottom")).not.toBe(printed);
});

/** A device whose schema says that it counts kilowatt-hours. It has counted two. */
async function meteredDevice({
  call,
  connectDevice,
  createDevice,
}: {
  readonly call: (path: string, init?: RequestInit) => Promise<Response>;
  readonly connectDevice: Fixtures["connectDevice"];
  readonly createDevice: Fixtures["createDevice"];
}): Promise<string> {
  const properties = { used: { type: "number", unit: "kW.h" } };
  const made = await call("/profiles", {
    method: "POST",
    body: JSON.stringify({ name: "metered", jsonSchema: { type: "object", properties } }),
  });
  expect(made.status).toBe(201);
  const device = await createDevice("Metered hall", "--profile", "metered");
  const client = await connectDevice(device);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  await client.publishAsync(topic, '{"used":2}', { qos: 1 });
  return device.deviceId;
}

async function chooseEnergy(page: Page, unit: "MJ" | ""): Promise<void> {
  await page.goto("/settings/account");
  await expect(async () => {
    await page.getByLabel("Energy").selectOption(unit);
    await expect(page.getByText("Units saved").first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

test("a person sees values in their own units everywhere, keeps what Explore shows, and nothing else changes", async ({
  api,
  connectDevice,
  createDevice,
  page,
}) => {
  const call = await api();
  const deviceId = await meteredDevice({ call, connectDevice, createDevice });
  await chooseEnergy(page, "MJ");
  await page.reload();
  await expect(page.getByLabel("Energy")).toHaveValue("MJ");

  await test.step("in Explore, where a limit is entered so and kept in the schema's unit", async () => {
    await page.goto(`/explore?d=${deviceId}&m=used&r=1h`);
    await expect(page.getByRole("heading", { name: "Values in MJ" })).toBeVisible();
    await expect(page.getByRole("row", { name: /Metered hall · used/ })).toContainText("7.2");
    await page.getByRole("button", { name: "Shown" }).click();
    await page.getByLabel("Value (MJ)").fill("9");
    await page.getByRole("button", { name: "Add a limit" }).click();
    await expect(page).toHaveURL(/t=used%3A2\.5/);
    await page.keyboard.press("Escape");
    await expect(page.getByText("limit 9").first()).toBeAttached();
  });

  await test.step("and what Explore shows is kept as a view, opened and removed", async () => {
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menuitem", { name: "Save this view…" }).click();
    await page.getByLabel("Name").fill("Hall's meter");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page).toHaveURL(/view=/);
    await page.getByRole("button", { name: "Hall's meter" }).click();
    await page.getByRole("menuitem", { name: "Begin anew" }).click();
    await expect(page).toHaveURL(/\/explore$/);
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menuitem", { name: "Hall's meter" }).click();
    await expect(page.getByText("limit 9").first()).toBeAttached();
    await page.getByRole("button", { name: "Hall's meter" }).click();
    await page.getByRole("menuitem", { name: "Remove the view" }).click();
    await expect(page.getByRole("button", { name: "Views" })).toBeVisible();
  });

  await test.step("in the table of devices", async () => {
    await page.goto(`/devices?q=${deviceId}&cols=name,m.used`);
    await expect(page.getByRole("columnheader", { name: "used (MJ)" })).toBeVisible();
    await expect(page.getByRole("row", { name: /Metered hall/ })).toContainText("7.2");
  });

  await test.step("on a dashboard, whose limits are entered so as well", async () => {
    const about = { devices: { by: "filter", filter: { text: deviceId } }, metrics: ["used"] };
    const place = { y: 0, w: 4, h: 4, ...about };
    const limit = { value: 2.5, label: "much", tone: "bad", side: "above" };
    const widgets = [
      { id: "s", kind: "gauge", x: 0, least: 0, most: 5, thresholds: [limit], ...place },
      { id: "t", kind: "table", x: 4, title: "Newest", ...place },
    ];
    const made = await call("/dashboards", {
      method: "POST",
      body: JSON.stringify({ name: "Meters", content: { format: 1, widgets } }),
    });
    const { id } = (await made.json()) as { readonly id: string };
    await page.goto(`/dashboards/${id}`);
    await expect(
      page.getByRole("img", { name: "7.2\u00a0MJ, between 0\u00a0MJ and 18\u00a0MJ" }),
    ).toBeVisible();
    await expect(page.locator("[data-value=used]")).toContainText("7.2MJ");
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: "Edit used", exact: true }).click();
    const drawer = page.getByRole("dialog", { name: "Widget" });
    await expect(drawer.getByLabel("To (MJ)")).toHaveValue("18");
    await expect(drawer.getByRole("group", { name: "Thresholds (MJ)" })).toBeVisible();
    await expect(drawer.getByRole("textbox", { name: "Value", exact: true })).toHaveValue("9");
  });

  await test.step("while the API says what was measured, and so does the next person", async () => {
    const latest = await call(`/devices/${deviceId}/latest`);
    expect(await latest.json()).toMatchObject({
      fields: [{ name: "used", value: 2, unit: "kW.h" }],
    });
    await chooseEnergy(page, "");
    await page.goto(`/devices/${deviceId}`);
    await expect(page.locator("[data-metric=used]")).toContainText("2 kWh");
  });
});
