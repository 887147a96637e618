import { expect, test } from "#e2e/fixtures.ts";

test("the tabs of a browser share one live stream, and hand it on when its tab is closed", async ({
  page,
  context,
  createDevice,
  connectDevice,
  watch,
}) => {
  const asked = new Map<object, number>();
  context.on("request", (request) => {
    if (!request.url().endsWith("/api/console/live")) return;
    const from = request.frame().page();
    asked.set(from, (asked.get(from) ?? 0) + 1);
  });
  const device = await createDevice("Quay crane", "--id", "quay-crane");
  const client = await connectDevice(device);
  const say = async (load: number) =>
    client.publishAsync("qs/v1/d/quay-crane/up/telemetry", JSON.stringify({ load }), { qos: 1 });
  await say(1);

  await page.goto("/");
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  const other = await context.newPage();
  watch(other);
  await other.goto("/devices/quay-crane");
  await expect(other.locator('[data-live="live"]')).toBeVisible();
  const value = other.locator('[data-metric="load"] [data-value]');
  await expect(value).toHaveText("1");
  await say(2);
  await expect(value).toHaveText("2");
  expect(asked.get(other)).toBeUndefined();
  expect(asked.get(page)).toBeGreaterThan(0);

  // The tab that holds the stream goes; the other takes it over.
  await page.close();
  await expect.poll(() => asked.get(other)).toBeGreaterThan(0);
  await say(3);
  await expect(value).toHaveText("3");
  await other.close();
});

test("the overview says how the installation stands, and leads to the evidence", async ({
  page,
}) => {
  await page.goto("/");
  const installation = page.getByRole("region", { name: "Installation" });
  await expect(installation.locator('[data-readiness="workers"]')).toContainText("1 worker");
  await expect(installation.locator('[data-readiness="issuing-ca"]')).toContainText("runs out");
  await expect(page.locator('[data-stat="unaccounted"]')).toHaveText("0");
  await installation.getByRole("link", { name: "Issuing CA" }).click();
  await expect(page).toHaveURL(/\/certificates\/authorities$/);
});

test("everything is reached by the keyboard: palette, pages, rows", async ({
  page,
  createDevice,
}) => {
  await createDevice("Palette lamp", "--id", "palette-lamp");
  await page.goto("/audit");
  const palette = page.getByRole("dialog", { name: "Find a device, page or action" });
  await expect(async () => {
    await page.keyboard.press("Control+k");
    await expect(palette).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.type("palette lam");
  await expect(palette.getByRole("option", { name: /Palette lamp/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Palette lamp" })).toBeVisible();
  // A page counts as looked at a moment after it came.
  const recent = () => page.evaluate(() => localStorage.getItem("quayside.recent"));
  await expect.poll(recent).toContain("Palette lamp");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("set tok");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings\/tokens$/);
  await page.keyboard.press("Control+k");
  await expect(
    palette.getByRole("group", { name: "Recent" }).getByRole("option").first(),
  ).toHaveText("Palette lamp");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText(
    "Go to Explore",
  );
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page.getByRole("heading", { level: 1, name: "Devices" })).toBeVisible();
  await expect(page.locator("[data-row-opener]").nth(1)).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.locator('[data-row-opener="0"]')).toBeFocused();
  await page.keyboard.press("j");
  await expect(page.locator('[data-row-opener="1"]')).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/devices\/[^?]+$/);
});

test("what is typed before the palette has been loaded is kept", async ({ page }) => {
  const { promise: asked, resolve: release } = Promise.withResolvers<void>();
  let isLoaded = false;
  page.once("load", () => (isLoaded = true));
  await page.route("**/_next/static/chunks/*", async (route) => {
    if (isLoaded) await asked;
    await route.continue();
  });
  await page.goto("/audit");
  // The page is alive, and its palette is held up.
  await expect(page.locator('[data-live="live"]')).toBeVisible();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("set tox");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("k");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  release();

  await expect(page).toHaveURL(/\/settings\/tokens$/);
});
