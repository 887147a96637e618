import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "#e2e/fixtures.ts";

const anything = { type: "object", properties: { seen: { type: "boolean" } } };

async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

/** Adds a field in the form; a new one is a number. */
async function addField(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a field" }).click();
  const input = page.getByRole("textbox", { name: "Name of new_field" });
  await expect(input).toBeFocused();
  await input.fill(name);
  await input.press("Enter");
  await expect(page.getByRole("textbox", { name: `Name of ${name}` })).toBeFocused();
}

test("a schema is written in the form, tried on examples, published and bound; then a wrong message is refused", async ({
  api,
  connectDevice,
  createDevice,
  page,
}) => {
  const call = await api();
  await call("/profiles", {
    method: "POST",
    body: JSON.stringify({ name: "schema-journey", jsonSchema: anything }),
  });

  await page.goto("/schemas");
  await page.getByRole("button", { name: "New schema" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Journey pump");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Journey pump");

  await addField(page, "temperature");
  await page.getByRole("textbox", { name: "Unit of temperature" }).fill("Cel");
  await page.getByRole("checkbox", { name: "temperature is required" }).check();
  await page.getByRole("button", { name: "More of temperature" }).click();
  await page.getByRole("textbox", { name: "Highest" }).fill("125");
  await page.getByRole("textbox", { name: "Description" }).fill("Of the bearing");
  await page.getByRole("textbox", { name: "Description" }).press("Enter");
  const source = page.getByRole("textbox", { name: "JSON Schema" });
  await expect(source).toHaveValue(/"maximum": 125/);
  await expect(source).toHaveValue(/"unit": "Cel"/);

  await source.fill((await source.inputValue()).replace("125", "130"));
  await expect(page.getByRole("textbox", { name: "Highest" })).toHaveValue("130");

  await page.getByRole("button", { name: "Add an example" }).click();
  const example = page.getByRole("listitem", { name: "Example 1" });
  await example.getByRole("textbox", { name: "Payload" }).fill('{"temperature": "warm"}');
  await expect(example.getByText("Refused, but must pass")).toBeVisible();
  await expect(page.getByText("1 example does not hold").first()).toBeVisible();
  await example.getByRole("textbox", { name: "Payload" }).fill('{"temperature": 21.5}');
  await expect(example.getByText("Passes, as it must")).toBeVisible();

  expect(await violationsOf(page)).toEqual([]);

  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByText(/^Draft saved .* by /)).toBeVisible();
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish Journey pump as version 1" });
  await dialog.getByRole("textbox", { name: "What is new" }).fill("The first one");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();

  await expect(page).toHaveURL(/\/use$/);
  await page.getByRole("button", { name: "Bind to a profile" }).click();
  const binding = page.getByRole("dialog", { name: "Bind a version to a profile" });
  await binding.getByRole("combobox", { name: "Profile" }).selectOption("schema-journey");
  await binding.getByRole("button", { name: "Bind", exact: true }).click();
  await expect(page.getByRole("cell", { name: /schema-journey/ }).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Rules of schema-journey" })).toBeVisible();

  const device = await createDevice("Journey pump 1", "--profile", "schema-journey");
  const client = await connectDevice(device);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  await client.publishAsync(topic, '{"temperature": 20}', { qos: 1 });
  await expect(client.publishAsync(topic, '{"temperature": 131}', { qos: 1 })).rejects.toThrow();

  await page.goto(`/dead-letters`);
  await expect(
    page.getByRole("main").getByText(/^temperature is out of range · Journey pump/),
  ).toBeVisible();
});

test("a source that is no JSON says where, and nothing can be saved until it is", async ({
  page,
}) => {
  await page.goto("/schemas/Journey%20pump");
  const source = page.getByRole("textbox", { name: "JSON Schema" });
  const whole = await source.inputValue();

  await source.fill(whole.replace('"object",', '"object"'));

  await expect(page.getByText("Line 3, column 3: a comma or a closing bracket")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save draft" })).toBeDisabled();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("dialog", { name: "Leave with unsaved changes?" })).toBeVisible();
  await page.getByRole("button", { name: "Stay" }).click();
  await source.fill(whole);
  await expect(page.getByText("Starts from version 1")).toBeVisible();
});

test("what two people change at once is not lost: the second chooses", async ({
  browser,
  page,
  product,
  watch,
}) => {
  const context = await browser.newContext({
    baseURL: product.url,
    storageState: await page.context().storageState(),
  });
  const other = await context.newPage();
  watch(other);
  for (const each of [page, other]) {
    await each.goto("/schemas/Journey%20pump");
    await addField(each, each === page ? "mine" : "theirs");
  }
  await other.getByRole("button", { name: "Save draft" }).click();
  await expect(other.getByText(/^Draft saved .* by /)).toBeVisible();

  await page.getByRole("button", { name: "Save draft" }).click();

  await expect(page.getByText(/has changed this draft meanwhile/)).toBeVisible();
  await page.getByRole("button", { name: "Load what is saved" }).click();
  await expect(page.getByRole("textbox", { name: "Name of theirs" })).toBeVisible();
  await page.getByRole("button", { name: "Discard draft" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard draft" }).click();
  await expect(page.getByRole("textbox", { name: "Name of theirs" })).toHaveCount(0);
  await context.close();
});
