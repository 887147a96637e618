import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeviceIdentity, Settlement } from "#server/pipeline/message.ts";
import { createProfile } from "#server/services/profile/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench, type IngestBench } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

let tenant: TestTenant;
let profileId: string;
let device: DeviceIdentity;
let bench: IngestBench;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  tenant = await createTestTenant(database, { slug });
  const profile = await createProfile(tenant.ctx("admin"), {
    name: "pump",
    jsonSchema: {
      type: "object",
      properties: { pressure: { type: "number" }, heart: { type: "number", category: "health" } },
      required: ["pressure"],
      additionalProperties: false,
    },
  });
  profileId = profile.id;
  device = await createIngestDevice(database, { ...tenant, profileId }, `${slug}-1`);
  bench = startIngestBench(database.ingest);
});
afterEach(() => bench.stop(5000));

/** Another version of the profile's schema, as publishing makes it. */
async function addVersion(
  version: number,
  definition: Record<string, unknown>,
  fields: readonly string[],
): Promise<number> {
  const { rows } = await owner.query<{ id: number }>(
    `INSERT INTO schema_version (tenant_id, name, version, json_schema, definition, schema_ref)
     SELECT tenant_id, 'pump', $2, $3, $4, id FROM "schema" WHERE tenant_id = $1 AND name = 'pump'
     RETURNING id`,
    [
      tenant.tenantId,
      version,
      definition["jsonSchema"],
      { format: "json", protobuf: null, processing: [], dropWhen: "", examples: [], ...definition },
    ],
  );
  const id = rows[0]?.id ?? 0;
  for (const [position, name] of fields.entries()) {
    await owner.query(
      "INSERT INTO schema_field (tenant_id, schema_id, position, name, type) VALUES ($1, $2, $3, $4, 'number')",
      [tenant.tenantId, id, position, name],
    );
  }
  return id;
}

const flat = (...names: readonly string[]) => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, { type: "number" }])),
  required: names,
});

const outcomes = (settlements: readonly Settlement[]): string[] =>
  settlements.map((settlement) =>
    settlement.outcome === "dead_lettered" ? settlement.reason : settlement.outcome,
  );

async function stored(): Promise<Record<string, unknown>[]> {
  const { rows } = await owner.query(
    `SELECT schema_id, flags, "values", extra FROM telemetry.reading WHERE device_key = $1 ORDER BY received_at`,
    [device.deviceKey.toString()],
  );
  return rows;
}

describe("which schema version a message has", () => {
  it("its stream's, else its content type's, else the profile's", async () => {
    const motor = await addVersion(2, { jsonSchema: flat("rpm") }, ["rpm"]);
    const packed = await addVersion(3, { jsonSchema: flat("p") }, ["p"]);
    const bind = `INSERT INTO profile_binding (tenant_id, profile_id, stream, content_type, schema_id) VALUES ($1, $2, $3, $4, $5)`;
    await owner.query(bind, [tenant.tenantId, profileId, "motor", "", motor]);
    await owner.query(bind, [tenant.tenantId, profileId, "", "application/cbor", packed]);
    const cbor = { contentType: "application/cbor" };

    const settled = [
      ...(await bench.send(device, ['{"pressure":1}'])),
      ...(await bench.send(device, ['{"rpm":2}'], { channel: "telemetry/motor" })),
      ...(await bench.send(device, [Buffer.from("a16170f94200", "hex")], cbor)),
      ...(await bench.send(device, ['{"pressure":4}'], { channel: "telemetry/other" })),
      ...(await bench.send(device, ['{"rpm":5}'])),
    ];

    expect(outcomes(settled).join(" ")).toBe("stored stored stored stored schema-mismatch");
    const rows = await stored();
    expect(rows.map((row) => row["values"])).toEqual([[1], [2], [3], [4]]);
    expect(rows.slice(1, 3).map((row) => row["schema_id"])).toEqual([motor, packed]);
  });

  it("the version on trial for the devices named and a share of all, and no other", async () => {
    const next = await addVersion(2, { jsonSchema: flat("bar") }, ["bar"]);
    const set = `UPDATE profile_binding SET canary_schema_id = $2, canary_percent = $3, canary_devices = $4 WHERE profile_id = $1`;
    await owner.query(set, [profileId, next, 0, [device.deviceId]]);
    const other = await createIngestDevice(database, { ...tenant, profileId }, `o-${randomUUID()}`);

    expect(outcomes(await bench.send(device, ['{"bar":1}']))).toEqual(["stored"]);
    expect(outcomes(await bench.send(other, ['{"bar":1}']))).toEqual(["schema-mismatch"]);

    await owner.query(set, [profileId, next, 100, []]);
    bench.invalidateProfile(profileId);
    expect(outcomes(await bench.send(other, ['{"bar":1}']))).toEqual(["stored"]);
  });

  it("the one that a message names, where the schema has it", async () => {
    await addVersion(2, { jsonSchema: flat("bar") }, ["bar"]);

    const settled = await bench.send(device, [
      '{"schema":"pump@2","values":{"bar":1}}',
      '{"schema":"pump@1","values":{"pressure":1}}',
      '{"schema":"pump","values":{"pressure":1}}',
    ]);

    expect(outcomes(settled)).toEqual(["stored", "stored", "stored"]);
  });

  it.each([
    ["refuse", { outcome: "dead_lettered", reason: "unknown-version" }],
    ["latest", { outcome: "stored" }],
    ["quarantine", { outcome: "dead_lettered", reason: "unknown-version", quarantined: true }],
  ])("of a version that is not there, by policy %s", async (policy, expected) => {
    await owner.query("UPDATE profile SET unknown_version = $2 WHERE id = $1", [profileId, policy]);

    const [settlement] = await bench.send(device, ['{"schema":"pump@9","values":{"pressure":1}}']);

    const { outcome, ...more } = settlement ?? { outcome: "none" };
    const { detail: _, ...rest } = { detail: "", ...more };
    expect({ outcome, ...rest }).toEqual(expected);
  });
});

describe("what a version makes of a reading", () => {
  it("renames, converts, computes and enriches before it is stored; and drops what it says", async () => {
    const version = await addVersion(
      2,
      {
        jsonSchema: flat("tempF", "rpm"),
        processing: [
          { op: "convert", field: "tempF", from: "[degF]", to: "Cel" },
          { op: "rename", from: "tempF", to: "temperature" },
          { op: "compute", field: "double", expression: "values.rpm * 2" },
          { op: "enrich", field: "site", attribute: "site" },
        ],
        dropWhen: "values.rpm == 0",
      },
      ["temperature", "rpm", "double"],
    );
    await owner.query("UPDATE profile_binding SET schema_id = $2 WHERE profile_id = $1", [
      profileId,
      version,
    ]);
    const tagged = { ...device, attributes: { site: "north" } };

    const settled = await bench.send(tagged, [
      '{"tempF":212,"rpm":30}',
      '{"tempF":212,"rpm":0}',
      '[{"tempF":32,"rpm":0},{"tempF":32,"rpm":1}]',
    ]);

    expect(outcomes(settled)).toEqual(["stored", "filtered", "stored"]);
    expect((await stored()).map(({ values, extra }) => ({ values, extra }))).toEqual([
      { values: [expect.closeTo(100, 6), 30, 60], extra: { site: "north" } },
      { values: [expect.closeTo(0, 6), 1, 2], extra: { site: "north" } },
    ]);
    const { rows } = await owner.query(
      "SELECT outcome, sum(count)::integer AS count FROM ledger_minute WHERE tenant_id = $1 GROUP BY 1 ORDER BY 1",
      [tenant.tenantId],
    );
    expect(rows).toEqual([
      { outcome: "received", count: 3 },
      { outcome: "stored", count: 2 },
      { outcome: "filtered", count: 1 },
    ]);
  });

  it("marks what comes long after its own time as late, and says by which way it came", async () => {
    const at = Date.now();
    await bench.send(device, [`{"ts":${at - 1_000_000},"values":{"pressure":1}}`], {
      transport: "mqtts",
    });
    await bench.send(device, [`[{"ts":${at},"values":{"pressure":2}}]`], { qos: 2 });

    const rows = await stored();
    expect(rows.map((row) => row["flags"])).toEqual([
      4 | (1 << 5) | (2 << 8),
      16 | (2 << 5) | (1 << 8),
    ]);
  });
});

describe("dead letters by cause", () => {
  it("are counted where they are kept, by firmware and category, in order of their own time", async () => {
    await owner.query(
      "INSERT INTO device_status (tenant_id, device_key, firmware) VALUES ($1, $2, '2.4.1')",
      [tenant.tenantId, device.deviceKey.toString()],
    );
    const at = Date.now() - 60_000;
    await bench.send(device, [
      `{"ts":${at},"values":{"presure":1}}`,
      `{"ts":${at + 1},"values":{"presure":2}}`,
      '{"pressure":"high"}',
      "no json",
    ]);
    await bench.send(device, ['{"presure":3}']);

    const { rows: groups } = await owner.query(
      `SELECT reason, path, error_kind, open::integer, detail FROM dead_letter_group WHERE tenant_id = $1 ORDER BY open DESC, reason`,
      [tenant.tenantId],
    );
    expect(groups).toMatchObject([
      { reason: "schema-mismatch", path: "", error_kind: "required:pressure", open: 3 },
      { reason: "not-json", path: "", open: 1 },
      { reason: "schema-mismatch", path: "/pressure", error_kind: "type", open: 1 },
    ]);
    const { rows: letters } = await owner.query(
      `SELECT firmware, category, channel, event_at, state FROM dead_letter
       WHERE tenant_id = $1 AND error_kind = 'required:pressure' ORDER BY event_at`,
      [tenant.tenantId],
    );
    expect(letters).toHaveLength(3);
    expect(letters[0]).toEqual({
      firmware: "2.4.1",
      category: "health",
      channel: "telemetry",
      event_at: new Date(at),
      state: "open",
    });
    const { rows: hours } = await owner.query(
      "SELECT sum(count)::integer AS count FROM dead_letter_hour WHERE tenant_id = $1",
      [tenant.tenantId],
    );
    expect(hours).toEqual([{ count: 5 }]);
  });
});
