import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

/** Where a widget lies on the grid of the page, in pixels. */
async function placeOf(widget: Locator) {
  // The page may be drawn anew at this moment, and the widget with it.
  await expect(widget).toBeVisible();
  const box = await widget.boundingBox();
  if (box === null) throw new Error("The widget is not on the page.");
  return box;
}

type Cell = Readonly<Record<"x" | "y" | "w" | "h", number>>;

/** Column, row and size of a widget on its grid, where it is shown and where it is edited. */
async function cellOf(widget: Locator): Promise<Cell> {
  await expect(widget).toBeVisible();
  return widget.evaluate((element) => {
    const grid = element.parentElement?.parentElement?.getBoundingClientRect();
    if (grid === undefined) throw new Error("The widget lies on no grid.");
    const { left, top, width, height } = element.getBoundingClientRect();
    const [column, row] = [(grid.width + 12) / 12, 88];
    return {
      x: Math.round((left - grid.left) / column),
      y: Math.round((top - grid.top) / row),
      w: Math.round((width + 12) / column),
      h: Math.round((height + 12) / row),
    };
  });
}

const widgetOf = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** Adds a widget by keyboard alone and leaves its drawer open. */
async function addWidget(page: Page, kind: string) {
  await page.getByRole("button", { name: "Add widget" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: new RegExp(`^${kind}`) }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Widget" })).toBeVisible();
}

async function chooseMetric(page: Page, metric: string) {
  const field = page.getByRole("combobox", { name: "Add a metric" });
  await field.fill(metric);
  await field.press("Enter");
}

async function closeDrawer(page: Page) {
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

/** Takes hold of something in its middle and lets it go so many pixels away. */
async function dragBy(page: Page, grip: Locator, by: { readonly x: number; readonly y: number }) {
  const { x, y, width, height } = await placeOf(grip);
  const [fromX, fromY] = [x + width / 2, y + height / 2];
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(fromX + by.x / 2, fromY + by.y / 2, { steps: 4 });
  await page.mouse.move(fromX + by.x, fromY + by.y, { steps: 4 });
  await page.mouse.up();
}

test("a dashboard from nothing to a wall, by keyboard, with a device that speaks", async ({
  browser,
  connectDevice,
  createDevice,
  page,
  product,
  watch,
}) => {
  const device = await createDevice("Boiler 7");
  const client = await connectDevice(device);
  const say = (values: object) =>
    client.publishAsync(`qs/v1/d/${device.deviceId}/up/telemetry`, JSON.stringify(values), {
      qos: 1,
    });
  await say({ heat: 61, pump_on: true });

  await page.goto("/dashboards");
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await openBy(page.getByRole("button", { name: "New dashboard" }).first(), name);
  await name.fill("Boiler house");
  await page.getByRole("radio", { name: /editable/ }).check();
  await page.getByRole("dialog").getByRole("button", { name: "New dashboard" }).click();
  await expect(page.getByRole("heading", { name: "Boiler house" })).toBeVisible();

  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Add a variable" }).click();
  await page.getByRole("textbox", { name: "Label" }).fill("Boiler");
  await page.getByRole("textbox", { name: "Find a device" }).fill("Boiler 7");
  await page.getByRole("button", { name: /Boiler 7/ }).click();
  await closeDrawer(page);

  await addWidget(page, "Number with trend");
  await page.getByRole("combobox", { name: "Devices", exact: true }).selectOption("A variable");
  await chooseMetric(page, "heat");
  await closeDrawer(page);
  await addWidget(page, "Table of newest values");
  await chooseMetric(page, "heat");
  await page.getByRole("textbox", { name: "Title" }).fill("Newest");
  await closeDrawer(page);
  await addWidget(page, "Line");
  await chooseMetric(page, "heat");
  await page.getByRole("textbox", { name: "Title" }).fill("Heat over time");
  await closeDrawer(page);

  const table = widgetOf(page, "Newest").first();
  const before = await placeOf(table);
  await page.getByRole("button", { name: "Move Newest", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(/Newest is at column 5, row 1/)).toBeAttached();
  await expect(page.getByRole("button", { name: "Move Newest", exact: true })).toBeFocused();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByText(/Newest is 7 columns wide/)).toBeAttached();
  await page.keyboard.press("ControlOrMeta+z");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(async () => expect((await placeOf(table)).x).toBe(before.x)).toPass();
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(async () => expect((await placeOf(table)).x).toBeGreaterThan(before.x)).toPass();

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("It is version 2.", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();

  const number = page.locator("[data-stat=heat]");
  await expect(number).toContainText("61");
  await expect(async () => {
    await say({ heat: 72.5 });
    await expect(number).toContainText("72.5", { timeout: 2_000 });
  }).toPass();
  await expect(table.locator("[data-value=heat]").first()).toContainText("72.5");
  await expect(page.locator("[data-variable]")).toContainText(device.deviceId);

  await test.step("the second of two who save meets the first", async () => {
    const context = await browser.newContext({
      baseURL: product.url,
      storageState: await page.context().storageState(),
    });
    const other = await context.newPage();
    watch(other);
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await other.goto(`${page.url()}?edit=1`);
    for (const [each, title] of [
      [page, "Mine"],
      [other, "Theirs"],
    ] as const) {
      await each.getByRole("button", { name: "Edit Newest" }).click();
      await each.getByRole("textbox", { name: "Title" }).fill(title);
      await closeDrawer(each);
    }
    await other.getByRole("button", { name: "Save", exact: true }).click();
    await expect(other.getByText("It is version 3.", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const conflict = page.getByRole("dialog", { name: /Somebody else saved/ });
    await expect(conflict).toContainText("Changed title of “Theirs”");
    await conflict.getByRole("button", { name: "Overwrite theirs" }).click();
    await expect(page.getByText("It is version 4.", { exact: true })).toBeVisible();
    await context.close();
    await page.getByRole("button", { name: "Done" }).click();
  });

  await test.step("widgets are moved and resized by pointer, and nobody leaves by mistake", async () => {
    const line = widgetOf(page, "Heat over time").first();
    const grip = page.getByRole("button", { name: "Move Heat over time", exact: true });
    const corner = page
      .locator(".react-grid-item", { has: line })
      .locator(".react-resizable-handle");
    const unsaved = page.getByText("Not saved", { exact: true });
    const isAt = (cell: Cell) =>
      expect(async () => expect(await cellOf(line)).toEqual(cell)).toPass();

    // All of it is on the screen: a drag to its edge would scroll, and go further than the pointer.
    await page.setViewportSize({ width: 1280, height: 1400 });
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await expect(grip).toBeVisible();
    const before = await cellOf(line);
    const resized = { ...before, w: before.w + 2, h: before.h + 1 };
    const pixels = (await placeOf(line)).width / before.w;
    await dragBy(page, corner, { x: 2 * pixels, y: 88 });
    await isAt(resized);
    await dragBy(page, grip, { x: 3 * pixels, y: 0 });
    await expect(async () => expect((await cellOf(line)).x).toBe(before.x + 3)).toPass();
    const moved = await cellOf(line);
    await page.getByRole("button", { name: "Undo" }).click();
    await isAt(resized);
    await page.getByRole("button", { name: "Undo" }).click();
    await isAt(before);
    await expect(unsaved).toBeHidden();
    await page.getByRole("button", { name: "Redo" }).click();
    await page.getByRole("button", { name: "Redo" }).click();
    await isAt(moved);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText("It is version 5.", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
    await page.reload();
    await isAt(moved);

    await openBy(page.getByRole("button", { name: "Edit", exact: true }), grip);
    const edited = { ...moved, h: moved.h + 1 };
    // A drag that begins while the page is drawn anew takes hold of nothing.
    const makeTaller = () =>
      expect(async () => {
        const isUnchanged = await page.getByRole("button", { name: "Undo" }).isDisabled();
        if (isUnchanged) await dragBy(page, corner, { x: 0, y: 88 });
        expect(await cellOf(line)).toEqual(edited);
      }).toPass();
    await makeTaller();
    const away = page.getByRole("navigation").getByRole("link", { name: "Devices" }).first();
    const question = page.getByRole("dialog", { name: "Leave without saving?" });
    await away.click();
    await question.getByRole("button", { name: "Stay" }).click();
    await expect(question).toBeHidden();
    await expect(unsaved).toBeVisible();
    await isAt(edited);
    // The browser's own Back asks as well, also when it is pressed again.
    for (let times = 0; times < 2; times += 1) {
      await page.evaluate(() => history.back());
      await question.getByRole("button", { name: "Stay" }).click();
      await expect(question).toBeHidden();
      await isAt(edited);
    }
    await page.getByRole("button", { name: "Done" }).click();
    const discard = page.getByRole("dialog", { name: "Throw away what you changed?" });
    await discard.getByRole("button", { name: "Stay" }).click();
    await isAt(edited);
    await away.click();
    await question.getByRole("button", { name: "Leave", exact: true }).click();
    await expect(page).toHaveURL(/\/devices$/);
    await page.goBack();
    await isAt(moved);

    await openBy(page.getByRole("button", { name: "Edit", exact: true }), grip);
    await makeTaller();
    await page.evaluate(() => history.forward());
    await question.getByRole("button", { name: "Leave", exact: true }).click();
    await expect(page).toHaveURL(/\/devices$/);
    await page.goBack();
    await isAt(moved);
  });

  await test.step("it leaves as a file and comes back, and its history goes back", async () => {
    await page.getByRole("button", { name: "More" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Export as JSON" }).click();
    const file = JSON.parse(await readFile(await (await download).path(), "utf8")) as {
      content: { widgets: { metrics?: string[] }[] };
    };
    file.content.widgets[2]?.metrics?.push("never heard of");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "History…" }).click();
    await page.locator("[data-version='3']").getByRole("button", { name: "Restore" }).click();
    await expect(widgetOf(page, "Theirs").first()).toBeVisible();

    await page.goto("/dashboards");
    await openBy(page.getByRole("button", { name: "Import" }), page.getByRole("dialog"));
    await page.getByLabel("File", { exact: true }).setInputFiles({
      name: "boiler.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(file)),
    });
    await expect(page.getByText("names the metric “never heard of”")).toBeVisible();
    await page.getByRole("textbox", { name: "Name" }).fill("Boiler copy");
    await page.getByRole("dialog").getByRole("button", { name: "Import" }).click();
    await expect(page.getByRole("heading", { name: "Boiler copy" })).toBeVisible();
    await expect(page.locator("[data-gone]").first()).toContainText("never heard of");
  });

  await test.step("on a wall and on a phone", async () => {
    await page.goto(`${page.url()}/wall`);
    await expect(page.locator("[data-wall]")).toBeVisible();
    await expect(number).toContainText("72.5");
    await page.getByRole("link", { name: "Leave wall mode" }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeHidden();
    const widgets = page.locator("[data-widget]");
    await expect(widgets).toHaveCount(3);
    await expect(async () => {
      const first = await placeOf(widgets.nth(0));
      const second = await placeOf(widgets.nth(1));
      expect(second.y).toBeGreaterThan(first.y + first.height - 1);
    }).toPass();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
  });
});
