import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "@playwright/test";
import { BlobReader, TextWriter, ZipReader } from "@zip.js/zip.js";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test, type CreatedDevice } from "#e2e/fixtures.ts";
import type { Product } from "#e2e/product.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";

const rows = 300;
const passphrase = "gantry seven copper lighthouse";

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "quayside-batch-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Row = { readonly id: string; readonly serial: string; readonly csr?: string };

function csvOf(list: readonly Row[]): Buffer {
  const withCsr = list.some((row) => row.csr !== undefined);
  const lines = list.map((row) =>
    [row.id, row.serial, "Tidal 4", ...(withCsr ? [`"${row.csr ?? ""}"`] : [])].join(","),
  );
  const header = `Device ID,Serial No,Model${withCsr ? ",CSR" : ""}`;
  return Buffer.from(`${[header, ...lines].join("\r\n")}\r\n`);
}

/** Steps 1 to 4 of the wizard: file, columns, options, upload. */
async function upload(
  page: Page,
  at: {
    readonly name: string;
    readonly file: { readonly name: string; readonly buffer: Buffer };
    readonly keys: RegExp;
    readonly sample: string;
  },
): Promise<void> {
  await page.goto("/onboard/batches/new");
  const next = page.getByRole("button", { name: "Continue" });
  // Nobody chooses a file before the page has come alive; a test does.
  await expect(async () => {
    await page
      .getByLabel("File", { exact: true })
      .setInputFiles({ ...at.file, mimeType: "text/csv" });
    await expect(next).toBeEnabled({ timeout: 2_000 });
  }).toPass();
  await next.click();
  await expect(page.getByLabel("Column Device ID becomes")).toHaveValue("deviceId");
  await expect(page.getByLabel("Column Serial No becomes")).toHaveValue("serial");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("textbox", { name: "Name of the batch" }).fill(at.name);
  await page.getByRole("radio", { name: at.keys }).check();
  await page
    .getByRole("textbox", { name: "Devices that must connect before approval" })
    .fill(at.sample);
  await page.getByRole("button", { name: "Upload and check" }).click();
  await expect(page).toHaveURL(/\/onboard\/batches\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(at.name);
}

/** A signing request of each device, in the order of the list. */
async function requestsOf(ids: readonly string[]): Promise<readonly string[]> {
  const made: string[] = [];
  for (const id of ids) made.push((await makeRequest({ commonName: id })).csrPem.trim());
  return made;
}

test("every bad row is shown with its line and reason, and a better file takes its place", async ({
  createDevice,
  page,
}) => {
  await createDevice("Taken tide gauge", "--id", "gauge-0029");
  const ids = Array.from({ length: rows }, (_, n) => `gauge-${String(n + 1).padStart(4, "0")}`);
  const requests = await requestsOf(ids);
  const all = ids.map((id, n) => ({ id, serial: `TG-${n + 1}`, csr: requests[n] ?? "" }));
  const bad = all.map((row, n) => {
    if (n === 9) return { ...row, id: "gauge-0009" };
    return n === 19 ? { ...row, csr: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA" } : row;
  });
  await upload(page, {
    name: "Tide gauges, bad",
    file: { name: "gauges.csv", buffer: csvOf(bad) },
    keys: /^Signing requests in the file/,
    sample: "0",
  });

  await expect(page.getByRole("heading", { name: "4 rows cannot be taken" })).toBeVisible();
  const table = page.getByRole("region", { name: "4 rows cannot be taken" }).getByRole("table");
  const problems = (id: string) => table.getByRole("row").filter({ hasText: id });
  await expect(problems("gauge-0009").first()).toContainText("in the file 2 times");
  await expect(problems("gauge-0020")).toContainText("CSR");
  await expect(problems("gauge-0029")).toContainText("is taken");
  await expectAccessible(page);
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the report (CSV)" }).click();
  const report = path.join(folder, "report.csv");
  await (await waiting).saveAs(report);
  const [heading, ...lines] = readFileSync(report, "utf8").trim().split("\r\n");
  expect(heading).toContain("line");
  expect(lines).toHaveLength(4);
  expect(lines.some((line) => line.includes("gauge-0029") && line.includes("is taken"))).toBe(true);

  const good = all.map((row, n) => (n === 28 ? { ...row, id: "gauge-0301" } : row));
  const [request] = await requestsOf(["gauge-0301"]);
  good[28] = { ...good[28], id: "gauge-0301", serial: "TG-29", csr: request ?? "" };
  await page.getByLabel("File", { exact: true }).setInputFiles({
    name: "gauges-2.csv",
    mimeType: "text/csv",
    buffer: csvOf(good),
  });
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(page.getByText("gauges-2.csv")).toBeVisible();
  await page.getByRole("button", { name: `Create ${rows} devices` }).click();
  await expect(page.getByRole("heading", { name: "Sample test" })).toBeVisible({ timeout: 45_000 });
  await page.getByRole("button", { name: "Reject…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("A trial run of the line.");
  await dialog.getByRole("button", { name: "Reject the batch" }).click();
  await expect(page.getByText("The batch was rejected")).toBeVisible();
  await expect(page.getByText("Reason: A trial run of the line.")).toBeVisible();
});

/** Signs another person in, who has chosen a password by the invitation. */
async function signInAs(
  browser: Browser,
  at: { readonly product: Product; readonly token: string; readonly watch: (page: Page) => void },
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: at.product.url,
    storageState: { cookies: [], origins: [] },
  });
  const page = await context.newPage();
  at.watch(page);
  await page.goto(`/invite#${at.token}`);
  await page.getByRole("textbox", { name: "Password" }).fill("copper meadow sixty bicycle");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  return page;
}

/** A device of the bundle, with what its folder holds. */
async function deviceOf(zip: ZipReader<Blob>, deviceId: string): Promise<CreatedDevice> {
  const files = await zip.getEntries();
  const read = async (name: string) => {
    const entry = files.find(({ filename }) => filename === name);
    if (entry === undefined || entry.directory) throw new Error(`The bundle has no ${name}.`);
    expect(entry.encrypted).toBe(true);
    return entry.getData(new TextWriter(), { password: passphrase });
  };
  return {
    deviceId,
    certificatePem: await read(`devices/${deviceId}/chain.pem`),
    privateKeyPem: await read(`devices/${deviceId}/private-key.pem`),
    caPem: await read("ca.pem"),
    sha256: "",
  };
}

test("a batch goes from its file over the sample test and a second person into the series", async ({
  api,
  browser,
  connectDevice,
  page,
  product,
  watch,
}) => {
  test.setTimeout(120_000);
  const call = await api();
  const invited = await call("/people/invitations", {
    method: "POST",
    body: JSON.stringify({
      email: "olga@harbour.example",
      name: "Olga Operator",
      role: "operator",
    }),
  });
  const { token } = (await invited.json()) as { token: string };
  const list = Array.from({ length: rows }, (_, n) => ({
    id: `turbine-${String(n + 1).padStart(3, "0")}`,
    serial: `TT-${n + 1}`,
  }));
  await upload(page, {
    name: "Tidal turbines, week 47",
    file: { name: "turbines.csv", buffer: csvOf(list) },
    keys: /^Make keys and certificates here/,
    sample: "2",
  });
  await page.getByRole("button", { name: `Create ${rows} devices` }).click();
  await expect(page.getByText("Connect any 2 of the devices.")).toBeVisible({ timeout: 60_000 });
  // The browser is closed in the middle and opened again: the page is as it was.
  await page.reload();
  await expect(page.getByText("Another person must approve")).toBeVisible();

  await page.getByRole("textbox", { name: "Passphrase" }).fill(passphrase);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the bundle" }).click();
  const file = path.join(folder, "bundle.zip");
  await (await waiting).saveAs(file);
  await expect(page.getByText(/The keys were handed out and are gone here/)).toBeVisible();
  const zip = new ZipReader(new BlobReader(new Blob([readFileSync(file)])));
  const sentAt = Date.now();
  for (const id of ["turbine-007", "turbine-100"]) {
    const client = await connectDevice(await deviceOf(zip, id));
    await client.publishAsync(
      `qs/v1/d/${id}/up/telemetry`,
      JSON.stringify({ id: "first", ts: sentAt, values: { speed: 1.7 } }),
      { qos: 1 },
    );
  }
  await expect(page.getByText("The sample test is passed.")).toBeVisible();
  await expect(page.getByText("2 messages are kept apart")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "turbine-007" })).toBeVisible();
  await expectAccessible(page);
  const series = async () => {
    const range = `from=${sentAt - 60_000}&to=${sentAt + 60_000}&points=100`;
    const answer = await call(`/devices/turbine-007/telemetry?metric=speed&${range}`);
    return JSON.stringify(await answer.json());
  };
  expect(await series()).not.toContain("1.7");

  const labels = await page.request.get(
    (await page.getByRole("link", { name: /Labels and QR codes/ }).getAttribute("href")) ?? "",
  );
  expect((await labels.body()).subarray(0, 5).toString()).toBe("%PDF-");

  const olga = await signInAs(browser, { product, token, watch });
  await olga.goto(new URL(page.url()).pathname);
  await olga.getByRole("button", { name: "Approve" }).click();
  await expect(olga.getByText("The batch is approved").first()).toBeVisible();
  await expect(page.getByText("The batch is approved").first()).toBeVisible();
  await expect.poll(series, { timeout: 30_000 }).toContain("1.7");
  await olga.context().close();
});

test("an AWS export is mapped in a dry run before any device is created", async ({ page }) => {
  const things = ["crane-light-1", "crane-light-2", "_odd"].map((thingName) => ({
    thingName,
    thingTypeName: "CraneLight",
    thingArn: `arn:aws:iot:eu-central-1:123456789012:thing/${thingName}`,
    attributes: { serialNumber: `L-${thingName}`, berth: "7" },
    version: 1,
  }));
  await page.goto("/onboard/batches/new?source=aws");
  await expect(page.getByRole("radio", { name: /^AWS IoT/ })).toBeChecked();
  const next = page.getByRole("button", { name: "Continue" });
  await expect(async () => {
    await page.getByLabel("File", { exact: true }).setInputFiles({
      name: "things.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify({ things }, null, 2)),
    });
    await expect(next).toBeEnabled({ timeout: 2_000 });
  }).toPass();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("The first 3 devices of the export")).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("textbox", { name: "Name of the batch" })).toHaveValue("things");
  await page.getByRole("button", { name: "Upload and check" }).click();

  await expect(page.getByRole("heading", { name: "3 devices can be created" })).toBeVisible();
  const report = page.getByRole("region", { name: "What maps and what does not" });
  const row = (text: string) => report.getByRole("row").filter({ hasText: text }).first();
  await expect(row("thingTypeName")).toContainText("model");
  await expect(row("attributes.berth")).toContainText("attribute berth");
  await expect(row("thingArn")).toContainText("in AWS only");
  await expect(row("thingName as it is")).toContainText("set the new id in the device");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel the batch" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the batch" }).click();
  await expect(page.getByText("The batch was cancelled")).toBeVisible();
  await page.goto("/onboard/batches");
  await expect(page.getByRole("row").filter({ hasText: "things" })).toContainText("Cancelled");
});
