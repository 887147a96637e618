import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

test("a device gets a place and a note, and the map leads back to it", async ({
  page,
  api,
  createDevice,
}) => {
  const call = await api();
  for (const [name, latitude] of [
    ["Map hoist one", 53.54],
    ["Map hoist two", 53.5405],
  ] as const) {
    const id = name.toLowerCase().replaceAll(" ", "-");
    await createDevice(name, "--id", id);
    const located = await call(`/devices/${id}/location`, {
      method: "PUT",
      body: JSON.stringify({ latitude, longitude: 9.98, place: "Quay 4" }),
    });
    expect(located.ok).toBe(true);
  }
  await createDevice("Map buoy", "--id", "map-buoy");

  await page.goto("/devices/map-buoy");
  const place = page.getByRole("region", { name: "Place" });
  await expect(place).toContainText("Nobody has said where this device is.");
  await openBy(place.getByRole("button", { name: "Edit the place" }), page.getByRole("dialog"));
  await page.getByLabel("Latitude").fill("north");
  await expect(page.getByText("Say degrees as a number", { exact: false })).toBeVisible();
  await page.getByLabel("Latitude").fill("54,1");
  await page.getByLabel("Longitude").fill("7.9");
  await page.getByLabel("In words").fill("Off the island");
  await page.getByRole("button", { name: "Save place" }).click();
  await expect(place).toContainText("Off the island");
  await expect(place).toContainText("set by a person");

  const notes = page.getByRole("region", { name: "Notes" });
  await notes.getByRole("button", { name: "Add note" }).click();
  await notes.getByLabel("Note", { exact: false }).fill("Lamp was replaced.\nKey is at the gate.");
  await notes.getByRole("button", { name: "Save note" }).click();
  await expect(notes).toContainText("Key is at the gate.");

  await page.goto("/fleet/map?q=map");
  await expect(page.getByText("3 of 3 devices have a place")).toBeVisible();
  const marks = page.getByRole("list", { name: "Devices on this part of the map" });
  await expect(marks.getByRole("listitem")).toHaveCount(2);
  await marks
    .getByRole("button", { name: "2 devices: 0 online, 0 overdue. Zoom in." })
    .press("Enter");
  await expect(marks.getByRole("link", { name: /^Map hoist/ })).toHaveCount(2);

  // The keys of the controls move the map as well.
  await page.getByRole("button", { name: "Show all" }).press("Enter");
  await expect(marks.getByRole("link", { name: "Map buoy: Never seen" })).toBeVisible();
  await page.getByRole("button", { name: "Zoom in", exact: true }).press("ArrowDown");
  await page.getByRole("button", { name: "Zoom in", exact: true }).press("0");
  await marks.getByRole("link", { name: "Map buoy: Never seen" }).press("Enter");
  await expect(page).toHaveURL(/\/devices\/map-buoy$/);
});
