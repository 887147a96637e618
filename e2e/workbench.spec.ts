import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { MqttClient } from "mqtt";
import type { Page } from "@playwright/test";
import { expect, test } from "#e2e/fixtures.ts";

const messages = 2_000;
const deviceId = "workbench-pump";
const cause = "pressure is missing · workbench-pumps@1";
const hourMs = 3_600_000;
/** Own time of the first message; each is a second after the one before. The same after a retry. */
const start = (Math.floor(Date.now() / hourMs) - 2) * hourMs;

const schema = {
  type: "object",
  properties: {
    temperature: { type: "number", unit: "Cel" },
    pressure: { type: "number", unit: "bar" },
  },
  required: ["temperature", "pressure"],
};

/** The firmware calls pressure otherwise now. Sent in no order, and acknowledged as refused. */
async function sendRenamed(client: MqttClient): Promise<void> {
  const order = Array.from({ length: messages }, (_, step) => (step * 7_919) % messages);
  for (let at = 0; at < messages; at += 200) {
    await Promise.all(
      order.slice(at, at + 200).map((step) =>
        client
          .publishAsync(
            `qs/v1/d/${deviceId}/up/telemetry`,
            JSON.stringify({
              id: `w${step}`,
              ts: start + step * 1_000,
              values: { temperature: 20, press: step },
            }),
            { qos: 1 },
          )
          .catch(() => undefined),
      ),
    );
  }
}

async function openGroup(page: Page): Promise<void> {
  await page.goto("/dead-letters");
  await page.getByRole("link", { name: new RegExp(cause.slice(0, 30)) }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("pressure is missing");
}

async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

test("a firmware that renames a field fills the dead letters", async ({
  cli,
  connectDevice,
  createDevice,
}) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-profile-"));
  const file = path.join(folder, "profile.json");
  writeFileSync(file, JSON.stringify({ name: "workbench-pumps", jsonSchema: schema }));
  const made = await cli("profile", "create", "--file", file);
  rmSync(folder, { recursive: true });
  expect(made.status).toBe(0);
  const device = await createDevice("Pump", "--id", deviceId, "--profile", "workbench-pumps");

  await sendRenamed(await connectDevice(device));

  const { document } = await cli("dead-letter", "list", "--device", deviceId);
  expect(document["letters"]).toContainEqual(
    expect.objectContaining({ deviceId, reason: "schema-mismatch" }),
  );
});

test("an auditor looks at the workbench and finds nothing to press", async ({
  api,
  browser,
  product,
  watch,
}) => {
  const invited = await (
    await api()
  )("/people/invitations", {
    method: "POST",
    body: JSON.stringify({ email: "otto@harbour.example", name: "Otto Auditor", role: "auditor" }),
  });
  const { token } = (await invited.json()) as { token: string };
  const context = await browser.newContext({
    baseURL: product.url,
    storageState: { cookies: [], origins: [] },
  });
  const page = await context.newPage();
  watch(page);
  await page.goto(`/invite#${token}`);
  await page.getByRole("textbox", { name: "Password" }).fill("copper meadow sixty bicycle");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");

  await openGroup(page);

  await expect(page.getByText("Your role may look at this cause, but not")).toBeVisible();
  for (const name of [/^Replay/, /^Discard/, /^Dry-run/, /^Assign/]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await expect(page.getByRole("link", { name: /Export/ })).toHaveCount(0);
  await context.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test.describe(`a cause, ${colorScheme}, ${viewport.width}`, () => {
      test.use({ colorScheme, viewport });
      test("has no accessibility violation and fits its width", async ({ page }) => {
        await openGroup(page);
        await expect(page.getByRole("button", { name: "Rename press to pressure" })).toBeVisible();
        await page.getByRole("button", { name: "Rename press to pressure" }).click();
        await expect(page.getByText(/would be stored/).first()).toBeVisible();

        expect(await violationsOf(page)).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBeLessThanOrEqual(0);
      });
    });
  }
}

test("the renamed field is put right in the browser: all stored once, in event order", async ({
  api,
  page,
}) => {
  test.setTimeout(180_000);
  await page.goto("/dead-letters");
  const before = Date.now();

  await page.getByRole("link", { name: new RegExp(cause.slice(0, 30)) }).click();
  const message = page.getByRole("region", { name: "Message" });
  await expect(message.getByText("Missing").first()).toBeVisible();
  await expect(message.getByText("Unknown").first()).toBeVisible();
  await page.getByRole("button", { name: "Rename press to pressure" }).click();
  await expect(page.getByRole("region", { name: "Preview" })).toContainText("200 would be stored");

  await page.getByRole("button", { name: /^Dry-run on all/ }).click();
  const runs = page.getByRole("region", { name: "Runs of this cause" });
  await expect(runs).toContainText(/2.000 would be stored/, { timeout: 60_000 });

  await page.getByRole("button", { name: /^Replay 2.000/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Firmware 2 calls pressure press");
  await dialog.getByRole("button", { name: "Replay" }).click();
  await page.reload();
  await expect(runs).toContainText(/2.000 stored/, { timeout: 90_000 });
  await expect(page.locator('[data-stat="open"]')).toHaveText("0");
  const seconds = (Date.now() - before) / 1_000;
  test
    .info()
    .annotations.push({ type: "seconds from the group to done", description: `${seconds}` });
  expect(seconds).toBeLessThan(120);

  const call = await api();
  const answer = await call(
    `/devices/${deviceId}/telemetry?metric=pressure&from=${start - 1_000}&to=${start + messages * 1_000}&points=2000`,
  );
  const { series } = (await answer.json()) as {
    series: { points: [number, number][] }[];
  };
  expect(series[0]?.points).toEqual(
    Array.from({ length: messages }, (_, step) => [start + step * 1_000, step]),
  );
  const ledger = await call(`/ledger?from=${before - 3_600_000}&to=${Date.now() + 60_000}`);
  expect(await ledger.json()).toMatchObject({ unaccounted: 0 });
});
