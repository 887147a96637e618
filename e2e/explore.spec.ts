import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test, type CreatedDevice } from "#e2e/fixtures.ts";

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

test("a person sees values in their own units, and nobody else does", async ({ page }) => {
  await page.goto("/settings/account");
  await expect(async () => {
    await page.getByLabel("Energy").selectOption("kW.h");
    await expect(page.getByText("Units saved").first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.reload();
  await expect(page.getByLabel("Energy")).toHaveValue("kW.h");
  await expect(async () => {
    await page.getByLabel("Energy").selectOption("");
    await expect(page.getByText("Units saved").first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
});
