import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { wayFlags } from "#server/pipeline/flags.ts";
import type { DeviceIdentity, Settlement } from "#server/pipeline/message.ts";
import { maxFieldsPerDevice } from "#server/ingest/plan-fields.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
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

let device: DeviceIdentity;
let bench: IngestBench;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
  bench = startIngestBench(database.ingest);
});
afterEach(() => bench.stop(5000));

const outcomes = (settlements: readonly Settlement[]): string[] =>
  settlements.map((settlement) =>
    settlement.outcome === "dead_lettered" ? settlement.reason : settlement.outcome,
  );

async function readings(of: DeviceIdentity = device): Promise<Record<string, unknown>[]> {
  const result = await owner.query(
    `SELECT ts, flags, "values", extra FROM telemetry.reading WHERE device_key = $1 ORDER BY ts, message_key`,
    [of.deviceKey.toString()],
  );
  return result.rows;
}

async function ledger(of: DeviceIdentity = device): Promise<Record<string, number>> {
  const result = await owner.query<{ key: string; count: number }>(
    `SELECT outcome || CASE reason WHEN '' THEN '' ELSE ':' || reason END AS key, sum(count)::integer AS count
     FROM ledger_minute WHERE tenant_id = $1 GROUP BY 1`,
    [of.tenantId],
  );
  return Object.fromEntries(result.rows.map(({ key, count }) => [key, count]));
}

/** What the flags of a row say of messages by MQTT with QoS 1. */
const byMqttOnce = wayFlags("mqtt", 1);

const full = (id: string, more = ""): string =>
  `{"id":"${id}","ts":${Date.now()},"values":{"a":1${more}}}`;

describe("duplicates", () => {
  it("are recognised within a batch, across batches, and counted", async () => {
    const payload = full("x");
    const first = await bench.send(device, [payload, payload, full("y")]);
    const second = await bench.send(device, [payload, full("z")]);
    expect(outcomes(first)).toEqual(["stored", "duplicate", "stored"]);
    expect(outcomes(second)).toEqual(["duplicate", "stored"]);
    expect(await readings()).toHaveLength(3);
    expect(await ledger()).toEqual({ received: 5, stored: 3, duplicate: 2 });
  });

  it("keep the first of two messages with one id", async () => {
    const ts = Date.now();
    await bench.send(device, [
      `{"id":"x","ts":${ts},"values":{"a":1}}`,
      `{"id":"x","ts":${ts},"values":{"a":2}}`,
    ]);
    expect((await readings()).map(({ values }) => values)).toEqual([[1]]);
  });

  it("without a time are recognised by id for ten minutes, also in one batch", async () => {
    const payload = '{"id":"x","values":{"a":1}}';
    expect(outcomes(await bench.send(device, [payload, payload]))).toEqual(["stored", "duplicate"]);
    expect(outcomes(await bench.send(device, [payload]))).toEqual(["duplicate"]);
    await owner.query(
      "UPDATE telemetry.recent_message SET received_at = received_at - interval '11 minutes' WHERE device_key = $1",
      [device.deviceKey.toString()],
    );
    expect(outcomes(await bench.send(device, [payload]))).toEqual(["stored"]);
    expect(await readings()).toHaveLength(2);
  });

  it("with a time out of bounds are recognised by what they say", async () => {
    const payload = '{"ts":1000,"values":{"a":1}}';
    expect(outcomes(await bench.send(device, [payload]))).toEqual(["stored"]);
    expect(outcomes(await bench.send(device, [payload]))).toEqual(["duplicate"]);
    expect(await readings()).toMatchObject([{ flags: byMqttOnce | 1 }]);
  });

  it("of a message without time, id and number do not exist: each is stored", async () => {
    expect(outcomes(await bench.send(device, ['{"a":1}', '{"a":1}']))).toEqual([
      "stored",
      "stored",
    ]);
    expect(await readings()).toMatchObject([{ flags: byMqttOnce | 2 }, { flags: byMqttOnce | 2 }]);
  });

  it("of another device do not matter", async () => {
    const other = await createIngestDevice(database, device, `${device.deviceId}-2`);
    const payload = full("x");
    expect(outcomes(await bench.send(device, [payload]))).toEqual(["stored"]);
    expect(outcomes(await bench.send(other, [payload]))).toEqual(["stored"]);
  });
});

describe("arrays", () => {
  it("store what is new of them", async () => {
    const ts = Date.now();
    const reading = (offset: number): object => ({ ts: ts + offset, values: { a: offset } });
    await bench.send(device, [JSON.stringify([reading(1), reading(2)])]);
    const again = await bench.send(device, [
      JSON.stringify([reading(2), reading(3)]),
      JSON.stringify([reading(1), reading(2)]),
    ]);
    expect(outcomes(again)).toEqual(["stored", "duplicate"]);
    expect((await readings()).map(({ values }) => values)).toEqual([[1], [2], [3]]);
  });

  it("are kept whole as a dead letter for one bad reading", async () => {
    const settled = await bench.send(device, ['[{"a":1},{"a":[]}]']);
    expect(outcomes(settled)).toEqual(["unsupported-value"]);
    expect(await readings()).toHaveLength(0);
  });
});

describe("dead letters", () => {
  it("keep the bytes and the reason, beside messages that are stored, and are counted", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    const settled = await bench.send(device, [full("x"), bytes, "hello", full("y")]);
    expect(outcomes(settled)).toEqual(["stored", "not-json", "not-json", "stored"]);
    const letters = await owner.query(
      "SELECT device_id, topic, transport, qos, reason, payload FROM dead_letter WHERE tenant_id = $1 ORDER BY length(payload)",
      [device.tenantId],
    );
    expect(letters.rows).toEqual([
      {
        device_id: device.deviceId,
        topic: `qs/v1/d/${device.deviceId}/up/telemetry`,
        transport: "mqtt",
        qos: 1,
        reason: "not-json",
        payload: bytes,
      },
      expect.objectContaining({ payload: Buffer.from("hello") }),
    ]);
    expect(await ledger()).toEqual({ received: 4, stored: 2, "dead_lettered:not-json": 2 });
  });

  it("take topics and ids that the database's text does not", async () => {
    const settled = await bench.send(device, ["x"], { topic: "a\0b\ud800", id: "\0" });
    expect(outcomes(settled)).toEqual(["not-json"]);
  });
});

describe("fields of an open profile", () => {
  it("get positions as they appear, and numbers, switches and text come back", async () => {
    await bench.send(device, ['{"a":1}', '{"b":true,"a":2}', '{"c":"x","a":3}']);
    expect((await readings()).map(({ values, extra }) => [values, extra])).toEqual([
      [[1], null],
      [[2, 1], null],
      [[3], { c: "x" }],
    ]);
  });

  it("are bounded for a device, and what was known goes on", async () => {
    const values = Object.fromEntries(
      Array.from({ length: maxFieldsPerDevice }, (_, index) => [`f${index}`, index]),
    );
    const settled = await bench.send(device, [
      JSON.stringify(values),
      '{"one_more":1}',
      '{"f0":1}',
    ]);
    expect(outcomes(settled)).toEqual(["stored", "field-limit", "stored"]);
  });

  it("have one position, whichever of two workers meets them first", async () => {
    const second = startIngestBench(database.ingest);
    const names = Array.from({ length: 40 }, (_, index) => `{"f${index % 20}":${index}}`);
    await Promise.all([bench.send(device, names), second.send(device, names.toReversed())]);
    await second.stop(5000);
    const fields = await owner.query<{ name: string; position: number }>(
      "SELECT name, position FROM schema_field WHERE tenant_id = $1",
      [device.tenantId],
    );
    expect(fields.rows).toHaveLength(20);
    expect(new Set(fields.rows.map(({ position }) => position)).size).toBe(20);
    const position = new Map(fields.rows.map((row) => [row.name, row.position]));
    for (const { values } of await readings()) {
      const list = values as (number | null)[];
      const at = list.findIndex((value) => value !== null);
      expect(position.get(`f${(list[at] ?? 0) % 20}`)).toBe(at);
    }
  });
});

describe("order", () => {
  it("settlements come in the order of receipt, whatever their fate", async () => {
    const payloads = Array.from({ length: 2500 }, (_, index) =>
      index % 7 === 0 ? "bad" : index % 11 === 0 ? full("same") : full(`m${index}`),
    );
    const order: number[] = [];
    const settled = bench.send(device, payloads, {
      origin: { settle: (message) => void order.push(message.packetId) },
    });
    for (let waited = 0; waited < 10_000 && order.length < payloads.length; waited += 20) {
      await sleep(20);
    }
    expect(order).toEqual(payloads.map((_, index) => index + 1));
    void settled;
    const counts = await ledger();
    const { received = 0, ...rest } = counts;
    expect(Object.values(rest).reduce((sum, count) => sum + count, 0)).toBe(received);
  });
});

describe("newest values", () => {
  it("are those of the latest time, not of the last to come", async () => {
    const ts = Date.now();
    await bench.send(device, [
      `{"ts":${ts},"values":{"a":1,"b":true}}`,
      `{"ts":${ts - 5000},"values":{"a":2,"c":"x"}}`,
    ]);
    await bench.stop(5000);
    bench = startIngestBench(database.ingest);
    await bench.send(device, [`{"ts":${ts - 1000},"values":{"a":3,"c":"y"}}`]);
    await bench.stop(5000);
    const latest = await owner.query("SELECT fields FROM telemetry.latest WHERE device_key = $1", [
      device.deviceKey.toString(),
    ]);
    expect(latest.rows).toEqual([
      {
        fields: {
          a: { v: 1, t: ts },
          b: { v: true, t: ts },
          c: { v: "y", t: ts - 1000 },
        },
      },
    ]);
  });
});

describe("profiles", () => {
  it("that have a schema refuse what does not fit, after a change at once", async () => {
    const made = await owner.query<{ id: string }>(
      `WITH s AS (INSERT INTO "schema" (tenant_id, name) VALUES ($1, 'pump') RETURNING id),
       v AS (INSERT INTO schema_version (tenant_id, name, version, json_schema, schema_ref)
         SELECT $1, 'pump', 1, '{"type":"object","properties":{"rpm":{"type":"number","minimum":0}},"required":["rpm"]}', id
         FROM s RETURNING id),
       f AS (INSERT INTO schema_field (tenant_id, schema_id, position, name, type) SELECT $1, id, 0, 'rpm', 'number' FROM v)
       INSERT INTO profile (tenant_id, name, schema_id) SELECT $1, 'pump', id FROM v RETURNING id`,
      [device.tenantId],
    );
    const profileId = made.rows[0]?.id ?? "";
    const pump = {
      ...(await createIngestDevice(database, { ...device, profileId }, `${device.deviceId}-c`)),
    };
    const before = await bench.send(pump, ['{"rpm":1}', '{"rpm":-1}', '{"speed":1}']);
    await owner.query("UPDATE profile SET max_past_seconds = 10 WHERE id = $1", [profileId]);
    bench.invalidateProfile(profileId);
    await bench.send(pump, [`{"ts":${Date.now() - 60_000},"values":{"rpm":2}}`]);
    expect(outcomes(before)).toEqual(["stored", "schema-mismatch", "schema-mismatch"]);
    expect((await readings(pump)).map(({ flags, values }) => [flags, values])).toEqual([
      [byMqttOnce | 2, [1]],
      [byMqttOnce | 1, [2]],
    ]);
  });
});
