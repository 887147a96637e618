import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "#server/db/client.ts";
import { deviceErasure } from "#server/jobs/device-erasure.ts";
import type { Context } from "#server/services/context.ts";
import { decommissionProof } from "#server/services/device/decommission-proof.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { decommissionProofPdf } from "#server/services/device/proof-pdf.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { seedDeadLetters } from "#server/testing/dead-letters.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let ingest: Database;
let owner: pg.Client;
let acme: TestTenant;
let admin: Context;
/** A minute from now, when all is settled. */
const later = (): number => Date.now() + 60_000;

beforeAll(async () => {
  database = await cloneDatabase();
  ingest = openDatabase({ url: database.ingestUrl, max: 4 });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin");
});
afterAll(async () => {
  await owner.end();
  await ingest.close();
  await database.drop();
});

const readings = 12_000;

/** A device that has sent things of every kind. */
async function talkative(name: string) {
  const device = await createIngestDevice(database, acme, name);
  await owner.query(
    `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values")
     SELECT $1, now() - n * interval '1 second', n, now(), 1, 0, '{1}' FROM generate_series(1, $2) AS n`,
    [device.deviceKey, readings],
  );
  await owner.query(
    `INSERT INTO telemetry.device_message (device_key, received_at, ts, message_key, channel, payload)
     VALUES ($1, now(), now(), 1, 'log', 'x')`,
    [device.deviceKey],
  );
  await owner.query(
    `INSERT INTO telemetry.latest (device_key, received_at, fields) VALUES ($1, now(), '{}')`,
    [device.deviceKey],
  );
  for (const table of ["rollup_minute", "rollup_hour"]) {
    await owner.query(
      `INSERT INTO telemetry.${table} VALUES ($1, date_trunc('hour', now()), 1, '{1}', '{1}', '{1}', '{1}', '{1}', '{0}')`,
      [device.deviceKey],
    );
  }
  await seedDeadLetters(database, { devices: [device], count: 3 });
  return device;
}

async function rowsOf(key: bigint): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ kind: string; count: number }>(
    `SELECT 'readings' AS kind, count(*)::integer AS count FROM telemetry.reading WHERE device_key = $1
     UNION ALL SELECT 'messages', count(*)::integer FROM telemetry.device_message WHERE device_key = $1
     UNION ALL SELECT 'latest', count(*)::integer FROM telemetry.latest WHERE device_key = $1
     UNION ALL SELECT 'minutes', count(*)::integer FROM telemetry.rollup_minute WHERE device_key = $1
     UNION ALL SELECT 'hours', count(*)::integer FROM telemetry.rollup_hour WHERE device_key = $1
     UNION ALL SELECT 'letters', count(*)::integer FROM dead_letter WHERE device_key = $1`,
    [key],
  );
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}

const all = { readings, messages: 1, latest: 1, minutes: 1, hours: 1, letters: 3 };
const none = { readings: 0, messages: 0, latest: 0, minutes: 0, hours: 0, letters: 0 };

describe("erasing with the decommissioning", () => {
  it("deletes what the device sent, of no other, counts it in the proof, and leaves groups that add up", async () => {
    const gone = await talkative("erased-1");
    const neighbour = await talkative("kept-1");
    await decommissionDevice(admin, { deviceId: "erased-1", data: "erase" });
    expect((await decommissionProof(admin, { device: "erased-1" })).erasure).toMatchObject({
      finishedAt: null,
    });

    await deviceErasure(ingest, later).run();

    expect(await rowsOf(gone.deviceKey)).toEqual(none);
    expect(await rowsOf(neighbour.deviceKey)).toEqual(all);
    const proof = await decommissionProof(admin, { device: "erased-1" });
    expect(proof.erasure).toMatchObject({
      finishedAt: expect.any(String) as string,
      readings,
      messages: 1,
      letters: 3,
    });
    expect((await decommissionProofPdf(proof)).subarray(0, 5).toString()).toBe("%PDF-");
    const { rows } = await owner.query(
      `SELECT FROM dead_letter_group g WHERE g.open <>
         (SELECT count(*) FROM dead_letter l WHERE l.tenant_id = g.tenant_id
            AND l.fingerprint = g.fingerprint AND l.state = 'open')`,
    );
    expect(rows).toEqual([]);
  });

  it("keeps everything where that was not asked for", async () => {
    const kept = await talkative("kept-2");
    await decommissionDevice(admin, { deviceId: "kept-2" });

    await deviceErasure(ingest, later).run();

    expect(await rowsOf(kept.deviceKey)).toEqual(all);
    expect((await decommissionProof(admin, { device: "kept-2" })).erasure).toBeNull();
  });

  it("goes on where it was interrupted, and counts each row once", async () => {
    const gone = await talkative("erased-2");
    await decommissionDevice(admin, { deviceId: "erased-2", data: "erase" });
    // As far as a worker came that was killed.
    await ingest.pool.query(
      `WITH s AS MATERIALIZED (SELECT * FROM telemetry.erase_some($1, 100))
       UPDATE device_erasure e SET readings = e.readings + s.readings, messages = e.messages + s.messages
       FROM s WHERE e.device_key = $1`,
      [gone.deviceKey],
    );

    await deviceErasure(ingest, later).run();

    expect((await decommissionProof(admin, { device: "erased-2" })).erasure).toMatchObject({
      readings,
      messages: 1,
      letters: 3,
    });
  });

  it("waits until the last messages are stored", async () => {
    const gone = await talkative("erased-3");
    await decommissionDevice(admin, { deviceId: "erased-3", data: "erase" });

    await deviceErasure(ingest).run();

    expect(await rowsOf(gone.deviceKey)).toEqual(all);
  });

  it("is refused by the database for a device that nobody wants erased", async () => {
    const device = await talkative("in-service");

    await expect(
      ingest.pool.query("SELECT * FROM telemetry.erase_some($1, 10)", [device.deviceKey]),
    ).rejects.toMatchObject({ code: "QS002" });
    expect(await rowsOf(device.deviceKey)).toEqual(all);
  });
});
