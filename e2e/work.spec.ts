import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { parquetReadObjects } from "hyparquet";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/fixtures.ts";

type Call = (path: string, init?: RequestInit) => Promise<Response>;

const many = 20;
/** One more than a page of the table has. */
const beyondPage = 101;

async function makeDevice(admin: Call, name: string, deviceId: string): Promise<void> {
  const made = await admin("/devices", {
    method: "POST",
    body: JSON.stringify({ name, deviceId }),
  });
  expect(made.status).toBe(201);
}

/** One device that has sent, and others that have not. */
async function makeFleet(admin: Call): Promise<void> {
  for (let n = 1; n < many; n += 1) {
    await makeDevice(admin, `Crane ${n}`, `crane-${String(n).padStart(2, "0")}`);
  }
}

/** Opens the devices found by a text, and selects all that are shown. */
async function selectShown(page: Page, text: string): Promise<Locator> {
  await page.goto(`/devices?q=${text}`);
  const bar = page.getByRole("region", { name: "With the selected devices" });
  await expect(async () => {
    await page.getByRole("checkbox", { name: "Select all rows shown" }).check();
    await expect(bar).toBeVisible({ timeout: 2_000 });
  }).toPass();
  return bar;
}

/** Asks for an export and waits until a worker has written it. */
async function exported(call: Call, body: object): Promise<{ id: string; sha256: string }> {
  const asked = await call("/exports", { method: "POST", body: JSON.stringify(body) });
  expect(asked.status).toBe(202);
  const { id } = (await asked.json()) as { id: string };
  let view = { id, state: "queued", sha256: "" };
  await expect
    .poll(async () => {
      view = (await (await call(`/exports/${id}`)).json()) as typeof view;
      return view.state;
    })
    .toBe("done");
  return view;
}

async function download(call: Call, { id, sha256 }: { id: string; sha256: string }) {
  const answer = await call(`/exports/${id}/file`);
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  return bytes;
}

test("devices are tagged all at once, and what they sent is exported and fetched", async ({
  page,
  api,
  createDevice,
  connectDevice,
}) => {
  const admin = await api("admin");
  const pump = await createDevice("Crane 0", "--id", "crane-00");
  await makeFleet(admin);
  const client = await connectDevice(pump);
  for (const lift of [1.5, 2.5, 3.5]) {
    const topic = "qs/v1/d/crane-00/up/telemetry";
    await client.publishAsync(topic, JSON.stringify({ lift, mode: "=up" }), { qos: 1 });
  }

  const bar = await selectShown(page, "crane-");
  await bar.getByRole("button", { name: "Add tags" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Add tags: 20 devices");
  await dialog.getByRole("textbox", { name: "Tags" }).fill("two words!");
  await dialog.getByRole("button", { name: "Add tags" }).click();
  await expect(dialog).toContainText("A tag has 1 to 64 letters");
  await dialog.getByRole("textbox", { name: "Tags" }).fill("quay-7, lifting");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add tags" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Add the tags quay-7, lifting: done", { exact: true })).toBeVisible();

  await page.goto("/work");
  await page.getByRole("link", { name: "Add the tags quay-7, lifting" }).click();
  await expect(page.getByText("20 of 20 devices are through")).toBeVisible();
  const results = page.getByRole("region", { name: "Devices", exact: true });
  await expect(results.getByRole("row", { name: /Crane 19/ })).toContainText("Changed");
  await results.getByRole("combobox", { name: "Devices in the state" }).selectOption("failed");
  await expect(results).toContainText("No device of this change is in that state.");
  await expectAccessible(page);
  const report = page.waitForEvent("download");
  await page.getByRole("link", { name: "Results as CSV" }).click();
  expect(readFileSync(await (await report).path(), "utf8")).toContain("crane-07,");
  const tagged = await (await admin("/devices/crane-19")).json();
  expect(tagged).toMatchObject({ tags: ["quay-7", "lifting"] });

  const request = {
    kind: "telemetry",
    devices: { by: "filter", filter: { text: "crane-" } },
    metrics: ["lift", "mode"],
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const csv = await exported(admin, { name: "Lifts", request });
  const lines = (await download(admin, csv)).toString("utf8").trimEnd().split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe("device_id,device_name,time,received_at,lift,mode,other");
  expect(lines[1]).toMatch(/^crane-00,Crane 0,\d{4}-[^,]+Z,\d{4}-[^,]+Z,1\.5,'=up,$/);
  const parquet = await exported(admin, { format: "parquet", request });
  const bytes = await download(admin, parquet);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({ file: file as ArrayBuffer });
  expect(rows.map(({ lift, mode }) => [lift, mode])).toEqual([
    [1.5, "=up"],
    [2.5, "=up"],
    [3.5, "=up"],
  ]);
  expect((await (await api("viewer"))(`/exports/${csv.id}/file`)).status).toBe(403);

  await page.goto(`/work/exports/${csv.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Lifts");
  await expectAccessible(page);
  const fetched = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  expect((await fetched).suggestedFilename()).toMatch(/^lifts-\d{4}-\d{2}-\d{2}\.csv$/);
  await expect(async () => {
    await page.getByRole("button", { name: "Delete the file" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete the file" }).click();
    await expect(page.getByText("The file is not kept any more.")).toBeVisible({ timeout: 3_000 });
  }).toPass();
  expect((await admin(`/exports/${csv.id}/file`)).status).toBe(409);
});

test("all that match are changed at once, and ended only when their number is typed", async ({
  page,
  api,
}) => {
  const admin = await api("admin");
  const names = Array.from(
    { length: beyondPage },
    (_, n) => `stacker-${String(n).padStart(3, "0")}`,
  );
  for (let from = 0; from < names.length; from += 8) {
    await Promise.all(names.slice(from, from + 8).map((name) => makeDevice(admin, name, name)));
  }

  const bar = await selectShown(page, "stacker-");
  await expect(bar).toContainText("100 selected");
  await bar.getByRole("button", { name: "Select all 101 that match" }).click();
  await expect(bar).toContainText("All 101 matching");
  await bar.getByRole("button", { name: "Add tags" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Add tags: 101 devices");
  await dialog.getByRole("textbox", { name: "Tags" }).fill("hall-9");
  await dialog.getByRole("button", { name: "Add tags" }).click();
  await expect(page.getByText("Add the tags hall-9: done", { exact: true })).toBeVisible();
  for (const name of ["stacker-000", "stacker-100"]) {
    expect(await (await admin(`/devices/${name}`)).json()).toMatchObject({ tags: ["hall-9"] });
  }

  const few = await selectShown(page, "stacker-00");
  await expect(few).toContainText("10 selected");
  await few.getByRole("button", { name: "Change" }).click();
  await page.getByRole("menuitem", { name: "Decommission" }).click();
  await expect(dialog).toContainText("Decommission: 10 devices");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Hall 9 is closed");
  const end = dialog.getByRole("button", { name: "Decommission" });
  const typed = dialog.getByRole("textbox", { name: /10/ });
  await expect(end).toBeDisabled();
  await typed.fill("11");
  await expect(end).toBeDisabled();
  await typed.press("Enter");
  await expect(dialog).toBeVisible();
  await typed.fill("10");
  await end.click();
  await expect(dialog).toBeHidden();
  await expect
    .poll(async () => (await (await admin("/devices/stacker-009")).json()) as object)
    .toMatchObject({ state: "decommissioned" });
  expect(await (await admin("/devices/stacker-010")).json()).toMatchObject({ state: "active" });
});
