import { createHash, randomUUID } from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimExport } from "#server/db/export-work.ts";
import { withTenant } from "#server/db/tenant.ts";
import { exportLimits, ExportLost, type ExportParts } from "#server/jobs/exports/parts.ts";
import { startExports } from "#server/jobs/exports/start.ts";
import { sweepExports } from "#server/jobs/exports/sweep.ts";
import { writeExport } from "#server/jobs/exports/write-export.ts";
import { createLog } from "#server/observability/log.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { cancelExport } from "#server/services/export/cancel.ts";
import { createExport, mostOpenExports } from "#server/services/export/create.ts";
import { downloadExport } from "#server/services/export/download.ts";
import { exportFile, exportFolder } from "#server/services/export/file.ts";
import type { CreateExportInput } from "#server/services/export/schemas.ts";
import { showExport } from "#server/services/export/show.ts";
import type { ExportView } from "#server/services/export/view.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";
import {
  asOwner,
  createVersions,
  rollUpAll,
  storeReadings,
} from "#server/testing/telemetry-rows.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 20, 6);
const dayMs = 86_400_000;

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let stranger: Context;
let dataDir: string;
let time: number;
let devices: readonly DeviceIdentity[];
let uuids: readonly string[];

const now = () => new Date(time);

beforeAll(async () => {
  database = await cloneDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), "exports-"));
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { now });
  stranger = other.ctx("admin", { now });
  devices = await Promise.all(
    ["one", "two"].map((name) => createIngestDevice(database, acme, name)),
  );
  await storeTelemetry();
});
beforeEach(() => {
  time = Date.parse("2026-11-27T12:00:00Z");
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true });
  await database.drop();
});

/** Device one: 2 500 readings of version 1, then one of version 2. Device two: one, late and in words. */
async function storeTelemetry(): Promise<void> {
  const field = (position: number, name: string, type = "number", unit: string | null = null) => {
    return { position, name, type, unit };
  };
  const [v1 = 0, v2 = 0] = await createVersions(database, acme, "pump", [
    [
      field(0, "temperature", "number", "Cel"),
      field(1, "open", "boolean"),
      field(2, "mode", "string"),
    ],
    [field(0, "open", "boolean"), field(1, "temperature", "number", "Cel"), field(2, "level")],
  ]);
  const [one = 0n, two = 0n] = devices.map(({ deviceKey }) => deviceKey);
  const readings = Array.from({ length: 2_500 }, (_, n) => ({
    deviceKey: one,
    t: start + n * 1_000,
    messageKey: n,
    schemaId: v1,
    values: [n % 10 === 9 ? null : n / 4, n % 2],
    ...(n === 0 && { extra: { mode: "Größe, „ö“ 🚰", place: { lat: 51.9, lon: 4.4 } } }),
  }));
  const last = {
    deviceKey: one,
    t: start + 2_500_000,
    messageKey: 1,
    schemaId: v2,
    values: [1, 7, 3],
  };
  const late = {
    deviceKey: two,
    t: start + 500,
    messageKey: 1,
    schemaId: v1,
    values: [-3.5],
    extra: { mode: "=1+1" },
  };
  await asOwner(database, acme.tenantId, async (client) => {
    await client.query("UPDATE profile SET schema_id = $1 WHERE tenant_id = $2", [
      v1,
      acme.tenantId,
    ]);
    await storeReadings(client, readings);
    await rollUpAll(client);
    // Committed and not rolled up yet, as ingest says it.
    await storeReadings(client, [last, late]);
    await client.query(
      "INSERT INTO telemetry.rollup_due (minute) VALUES (to_timestamp($1)), (to_timestamp($2))",
      [start / 1_000, (start + 41 * minute) / 1_000],
    );
  });
  uuids = await withTenant(admin, async (tx) => {
    const rows = await tx.device.findMany({
      where: { tenantId: acme.tenantId },
      orderBy: { deviceId: "asc" },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  });
}

const partsOf = (more: Partial<ExportParts> = {}): ExportParts => ({
  db: database.ingest,
  system: { db: database.app, signer: absentSigner(), keyring: testKeyring, now },
  log: createLog({ name: "test", level: "silent" }),
  workerId: randomUUID(),
  dataDir,
  limits: { ...exportLimits, freeBytes: 0 },
  ...more,
});

const everything = { by: "filter" as const, filter: {} };
const telemetry = (more: object = {}) => ({
  kind: "telemetry" as const,
  devices: everything,
  from: new Date(start - minute),
  to: new Date(start + dayMs),
  ...more,
});

const begin = (input: CreateExportInput): Promise<ExportView> => createExport(admin, input);
const never = new AbortController().signal;

/** As a worker that has claimed it. */
async function carryOut({ id }: ExportView, parts: ExportParts = partsOf()): Promise<ExportView> {
  const job = await claimExport(parts.db, parts.workerId);
  if (job?.id !== id) throw new Error("Another export was claimed.");
  await writeExport(parts, job, never);
  return showExport(admin, { exportId: id });
}

const fileOf = (view: ExportView) => exportFile(dataDir, { ...view, tenantId: acme.tenantId });
const filesOf = () => readdirSync(exportFolder(dataDir, acme.tenantId));
const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const eventsOf = (exportId: string) =>
  withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target: `export:${exportId}` },
      orderBy: { seq: "asc" },
      select: { actionCode: true, payload: true },
    }),
  );

describe("an export of telemetry", () => {
  it("as CSV has every reading of every version, late ones too, device by device", async () => {
    const done = await carryOut(await begin({ request: telemetry() }));

    expect(done).toMatchObject({ state: "done", rows: 2_502, done: 2, total: 2, error: "" });
    const bytes = readFileSync(fileOf(done));
    expect(bytes.byteLength).toBe(done.bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(done.sha256);
    expect(statSync(fileOf(done)).mode & 0o777).toBe(0o600);
    const lines = bytes.toString("utf8").trimEnd().split("\r\n");
    expect(lines[0]).toBe(
      "device_id,device_name,time,received_at,open,temperature [Cel],level,mode,other",
    );
    expect(lines[1]).toBe(
      'one,one,2026-11-20T06:00:00.000Z,2026-11-20T06:00:00.000Z,false,0,,"Größe, „ö“ 🚰","{""place"":{""lat"":51.9,""lon"":4.4}}"',
    );
    expect(lines[2_501]).toMatch(/^one,one,2026-11-20T06:41:40\.000Z,[^,]+,true,7,3,,$/);
    expect(lines[2_502]).toMatch(/^two,two,2026-11-20T06:00:00\.500Z,[^,]+,,-3\.5,,'=1\+1,$/);
    expect(new Set(lines).size).toBe(lines.length);
    expect(await eventsOf(done.id)).toMatchObject([
      { actionCode: "export.create" },
      { actionCode: "export.end", payload: { rows: 2_502, sha256: done.sha256 } },
    ]);
  });

  it("as JSON lines and as Parquet says the same", async () => {
    const request = telemetry({ metrics: ["temperature"], to: new Date(start + 3_000) });
    const asLines = await carryOut(await begin({ request, format: "ndjson" }));
    const asParquet = await carryOut(await begin({ request, format: "parquet" }));

    const lines = readFileSync(fileOf(asLines), "utf8").trimEnd().split("\n");
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects.map(({ device_id: id, temperature }) => [id, temperature])).toEqual([
      ["one", 0],
      ["one", 0.25],
      ["one", 0.5],
      ["two", -3.5],
    ]);
    const bytes = readFileSync(fileOf(asParquet));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file });
    expect(rows.map((row) => [row["device_id"], row["temperature"], row["time"]])).toEqual(
      objects.map((row) => [row["device_id"], row["temperature"], new Date(String(row["time"]))]),
    );
  });

  it.each(["minute", "hour"] as const)(
    "by %s is the same as its readings, where rollups are behind as well",
    async (level) => {
      const request = telemetry({ metrics: ["temperature"], level });
      const done = await carryOut(await begin({ request, format: "ndjson" }));
      const rows = readFileSync(fileOf(done), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, number>);

      const width = level === "hour" ? 60 * minute : minute;
      const values = Array.from({ length: 2_501 }, (_, n) => (n === 2_500 ? 7 : n / 4));
      const counted = values.filter((_, n) => n === 2_500 || n % 10 !== 9);
      const ofOne = rows.filter((row) => String(row["device_id"]) === "one");
      expect(ofOne).toHaveLength(Math.ceil(2_501_000 / width));
      const total = (part: string) =>
        ofOne.reduce((sum, row) => sum + (row[`temperature.${part}`] ?? 0), 0);
      expect(total("count")).toBe(counted.length);
      expect(total("sum")).toBeCloseTo(counted.reduce((sum, value) => sum + value, 0));
      expect(ofOne.at(-1)).toMatchObject({ "temperature.last": 7 });
      expect(rows.at(-1)).toMatchObject({
        device_id: "two",
        time: "2026-11-20T06:00:00.000Z",
        "temperature.count": 1,
        "temperature.mean": -3.5,
      });
    },
  );

  it("that finds nothing is a file with its columns", async () => {
    const range = { from: new Date("1926-01-01T00:00:00Z"), to: new Date("1970-01-01T00:00:00Z") };
    const done = await carryOut(
      await begin({ request: telemetry({ ...range, metrics: ["open"] }) }),
    );
    expect(done).toMatchObject({ state: "done", rows: 0, done: 2 });
    expect(readFileSync(fileOf(done), "utf8")).toBe(
      "device_id,device_name,time,received_at,open,other\r\n",
    );
  });
});

describe("an export of devices", () => {
  it("has a row for each, of the own organisation only", async () => {
    const request = {
      kind: "devices" as const,
      devices: { by: "devices" as const, ids: [...uuids, randomUUID()] },
    };
    const done = await carryOut(await begin({ request, name: "My devices" }));
    const lines = readFileSync(fileOf(done), "utf8").trimEnd().split("\r\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain("device_id,uuid,name,state,presence");
    expect(lines[0]).toContain("latitude [deg],longitude [deg]");
    expect(lines[1]).toMatch(new RegExp(`^one,${uuids[0] ?? ""},one,active,never_seen,`));
    expect((await downloadExport(admin, { exportId: done.id })).name).toBe(
      "my-devices-2026-11-27.csv",
    );

    const none = await createExport(stranger, { request });
    const parts = partsOf();
    const job = await claimExport(parts.db, parts.workerId);
    if (job === undefined) throw new Error("It was not claimed.");
    await writeExport(parts, job, never);
    expect(await showExport(stranger, { exportId: none.id })).toMatchObject({ rows: 0, total: 0 });
  });
});

describe("a worker", () => {
  it("that dies leaves a part; the next one begins anew and writes a whole file", async () => {
    const begun = await begin({ request: telemetry({ metrics: ["temperature"] }) });
    let pages = 0;
    const dying = partsOf({
      afterPage: () => {
        pages += 1;
        if (pages === 2) throw new Error("killed");
      },
    });
    await expect(carryOut(begun, dying)).rejects.toThrow("killed");
    expect(await claimExport(database.ingest, randomUUID())).toBeUndefined();
    await database.ingest.pool.query(
      "UPDATE export_job SET lease_until = now() - interval '1 second' WHERE id = $1",
      [begun.id],
    );
    const done = await carryOut(begun);
    expect(done).toMatchObject({ state: "done", rows: 2_252 });
    await expect(
      writeExport(dying, { tenantId: acme.tenantId, id: begun.id }, never),
    ).rejects.toThrow(ExportLost);
    expect(filesOf().filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(filesOf()).toContain(path.basename(fileOf(done)));
  });

  it("gives up an export that was cancelled, and one whose requester may not have it any more", async () => {
    const cancelled = await begin({ request: telemetry() });
    const parts = partsOf({
      afterPage: () => undefined,
    });
    const job = await claimExport(parts.db, parts.workerId);
    if (job === undefined) throw new Error("It was not claimed.");
    await cancelExport(admin, { exportId: cancelled.id });
    await expect(writeExport(parts, job, never)).rejects.toThrow(ExportLost);
    expect(await showExport(admin, { exportId: cancelled.id })).toMatchObject({
      state: "cancelled",
      error: "system:test cancelled it.",
    });

    const token = acme.ctx("operator", {
      actor: { type: "token", id: randomUUID(), name: "gone" },
      now,
    });
    const asked = await createExport(token, { request: telemetry() });
    expect(await carryOut(asked)).toMatchObject({
      state: "failed",
      error: "The API token “gone” does not count for it any more. It was stopped.",
    });
  });

  it.each([
    ["the file would be too large", { maxBytes: 10_000 }, /^The file would have more than/],
    [
      "the disk is almost full",
      { freeBytes: Number.MAX_SAFE_INTEGER },
      /^The disk of the worker is almost full/,
    ],
    ["too many devices match", { maxDevices: 1 }, /^More than 1 devices match/],
    ["there are too many fields", { maxColumns: 1 }, /different fields; at most 1/],
  ])("says so in words when %s, and leaves nothing behind", async (_, limits, words) => {
    const before = filesOf();
    const failed = await carryOut(
      await begin({ request: telemetry() }),
      partsOf({ limits: { ...exportLimits, freeBytes: 0, ...limits } }),
    );
    expect(failed).toMatchObject({ state: "failed", sha256: "" });
    expect(failed.error).toMatch(words);
    expect(filesOf()).toEqual(before);
    await expect(downloadExport(admin, { exportId: failed.id })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("runs what nobody told it of, and deletes what has expired or was deleted", async () => {
    const begun = await begin({ request: telemetry({ metrics: ["open"] }), keepDays: 1 });
    const running = startExports(partsOf());
    try {
      await expect
        .poll(async () => (await showExport(admin, { exportId: begun.id })).state, {
          timeout: 5_000,
          interval: 20,
        })
        .toBe("done");
    } finally {
      await running.stop();
    }
    const done = await showExport(admin, { exportId: begun.id });
    const old = path.join(exportFolder(dataDir, acme.tenantId), `${begun.id}-dead.part`);
    writeFileSync(old, "half");
    utimesSync(old, new Date(0), new Date(0));

    expect(await sweepExports(partsOf())).toBe(1);
    expect(filesOf()).toContain(path.basename(fileOf(done)));
    time += dayMs;
    await sweepExports(partsOf());
    expect(filesOf()).not.toContain(path.basename(fileOf(done)));
    expect(await showExport(admin, { exportId: begun.id })).toMatchObject({ isExpired: true });
    await expect(downloadExport(admin, { exportId: begun.id })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(cancelExport(admin, { exportId: begun.id })).rejects.toThrow(refused("conflict"));
  });
});

describe("exports", () => {
  it("are fetched by those who may, each time on record, and deleted before their time", async () => {
    const done = await carryOut(await begin({ request: telemetry({ metrics: ["level"] }) }));
    const exportId = done.id;
    await downloadExport(acme.ctx("compliance_officer", { now }), { exportId });
    await expect(downloadExport(acme.ctx("viewer"), { exportId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(downloadExport(stranger, { exportId })).rejects.toThrow(refused("not_found"));
    await expect(showExport(stranger, { exportId })).rejects.toThrow(refused("not_found"));
    await expect(cancelExport(stranger, { exportId })).rejects.toThrow(refused("not_found"));
    await expect(cancelExport(acme.ctx("auditor"), { exportId })).rejects.toThrow(
      refused("forbidden"),
    );

    expect(await cancelExport(admin, { exportId })).toMatchObject({
      isExpired: true,
      downloads: 1,
    });

    await sweepExports(partsOf());
    expect(filesOf()).not.toContain(path.basename(fileOf(done)));
    expect((await eventsOf(exportId)).map(({ actionCode }) => actionCode)).toEqual([
      "export.create",
      "export.end",
      "export.download",
      "export.cancel",
    ]);
  });

  it("are not for viewers, not without a range, and not too many at once", async () => {
    const request = telemetry();
    await expect(createExport(acme.ctx("viewer"), { request })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(begin({ request: telemetry({ to: new Date(start - dayMs) }) })).rejects.toThrow(
      refused("invalid"),
    );
    await expect(begin({ request: telemetry({ level: "hour" }) })).rejects.toThrow(
      refused("invalid"),
    );
    const open = [];
    for (let n = 0; n < mostOpenExports; n += 1) open.push(await begin({ request }));
    await expect(begin({ request })).rejects.toThrow(refused("conflict"));
    for (const { id } of open) await cancelExport(admin, { exportId: id });
  });
});
