import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

test("the fleet is narrowed by a query that is completed by keyboard, saved as a view and as a group", async ({
  cli,
  createDevice,
  page,
}) => {
  const ids: string[] = [];
  for (const [name, tags] of [
    ["Fleet roof one", "fleet-roof"],
    ["Fleet roof two", "fleet-roof,fleet-test"],
    ["Fleet cellar", "fleet-cellar"],
  ] as const) {
    ids.push((await createDevice(name, "--tags", tags)).deviceId);
  }
  const table = page.getByRole("table", { name: "Devices" });
  const field = page.getByRole("combobox", { name: "Find in this list" });

  await test.step("keys and values are offered, and chosen without a mouse", async () => {
    await page.goto("/devices");
    await expect(async () => {
      await field.fill("");
      await field.pressSequentially("ta");
      await expect(page.getByRole("option", { name: /^tag:/ })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await field.press("ArrowDown");
    await field.press("Enter");
    await field.pressSequentially("fleet-r");
    const roof = page.getByRole("option", { name: "fleet-roof" });
    // Tags are counted beside the page, so one that is new may be offered a moment later.
    await expect(roof).toBeVisible();
    await field.press("ArrowDown");
    await expect(roof).toHaveAttribute("aria-selected", "true");
    await field.press("Enter");
    await expect(field).toHaveValue("tag:fleet-roof ");
    await expect(table.getByRole("link")).toHaveCount(2);
    await field.press("Escape");
    await field.pressSequentially("-tag:fleet-test");
    await expect(table.getByRole("link")).toHaveCount(1);
    await expect(page).toHaveURL(/q=tag%3Afleet-roof/);
  });

  await test.step("a mistake is told, with what would be right, and the list stays", async () => {
    await field.fill("presnce:late");
    await field.press("Enter");
    await expect(
      page.getByRole("alert").filter({ hasText: "There is no key presnce" }),
    ).toBeVisible();
    await expect(table.getByRole("link")).toHaveCount(1);
    await page.getByRole("button", { name: "presence:late" }).click();
    await expect(field).toHaveValue("presence:late ");
    await field.fill("tag:fleet-roof");
    await expect(table.getByRole("link")).toHaveCount(2);
  });

  await test.step("columns and order are kept by a view", async () => {
    await page.getByRole("button", { name: "Columns" }).click();
    const dialog = page.getByRole("dialog", { name: "Columns of the table" });
    await dialog.getByLabel("Add a column").selectOption({ label: "Tags" });
    await dialog.getByRole("button", { name: "Take Connected via away" }).click();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(table.getByRole("columnheader", { name: "Tags" })).toBeVisible();
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menuitem", { name: "Save this view…" }).click();
    await page.getByLabel("Name").fill("My roof");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("button", { name: "My roof" })).toBeVisible();
    await expect(page).toHaveURL(/view=/);
    await page.getByRole("button", { name: "My roof" }).click();
    await page.getByRole("menuitem", { name: "All devices" }).click();
    await expect(table.getByRole("columnheader", { name: "Tags" })).toBeHidden();
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menuitem", { name: "My roof" }).click();
    await expect(field).toHaveValue("tag:fleet-roof");
    await expect(table.getByRole("columnheader", { name: "Tags" })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("a group is made of what is shown, and has it as members", async () => {
    await page.getByRole("button", { name: "Make a group of it…" }).click();
    const dialog = page.getByRole("dialog", { name: "Make a group" });
    await dialog.getByLabel("Name").fill("Roofs");
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await expect(page.getByRole("heading", { name: "Roofs" })).toBeVisible();
    await expect(page.getByText("2 devices", { exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: /Fleet roof one/ })).toBeVisible();
    await expectAccessible(page);
    const { document } = await cli("group", "members", "roofs");
    expect(document).toMatchObject({
      devices: [{ name: "Fleet roof one" }, { name: "Fleet roof two" }],
    });
    await page.goto(`/devices/${ids[0]}/decommission`);
    await expect(page.getByRole("region", { name: "What it reaches" })).toContainText(
      "Groups that may changeRoofs",
    );
    await page.goto("/devices?q=-group%3ARoofs+fleet");
    await expect(table.getByRole("link", { name: /Fleet cellar/ })).toBeVisible();
    await expect(table.getByRole("link")).toHaveCount(1);
  });

  await test.step("on a phone the list reads, and a group is deleted", async () => {
    await page.goto("/fleet/groups");
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("link", { name: "Roofs" }).click();
    await openBy(page.getByRole("button", { name: "Delete" }), page.getByRole("dialog"));
    await page.getByRole("button", { name: "Delete the group" }).click();
    await expect(page).toHaveURL(/\/fleet\/groups$/);
    await page.goto("/devices?q=group%3ARoofs");
    await expect(page.getByRole("main").getByText("there is no group Roofs")).toBeVisible();
    await page.goto("/devices?q=presnce%3Alate");
    await expect(page.getByText("The query is not understood")).toBeVisible();
  });
});
