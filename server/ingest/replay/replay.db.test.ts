import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { startReplays } from "#server/ingest/replay/start.ts";
import { deadLetterRetention } from "#server/jobs/dead-letter-retention.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import { cancelDeadLetterRun } from "#server/services/dead-letter/cancel-run.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";
import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { showDeadLetterRun } from "#server/services/dead-letter/show-run.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import { createProfile } from "#server/services/profile/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { seedDeadLetters } from "#server/testing/dead-letters.ts";
import { rollupDifferences } from "#server/testing/rollups.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let acme: TestTenant;
let operator: Context;
let devices: readonly DeviceIdentity[];

const rename = { op: "rename" as const, from: "presure", to: "pressure" };
const jsonSchema = {
  type: "object",
  properties: { pressure: { type: "number", unit: "bar" } },
  required: ["pressure"],
  additionalProperties: false,
};

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  operator = acme.ctx("operator");
  const { id } = await createProfile(acme.ctx("admin"), { name: "pump", jsonSchema });
  const tenant = { tenantId: acme.tenantId, profileId: id };
  devices = [
    await createIngestDevice(database, tenant, "pump-1"),
    await createIngestDevice(database, tenant, "pump-2"),
  ];
});
afterAll(() => database.drop());

const worker = (afterChunk?: () => void) =>
  startReplays({
    db: database.ingest,
    log: pino({ level: "silent" }),
    clock: () => performance.timeOrigin + performance.now(),
    workerId: randomUUID(),
    ...(afterChunk !== undefined && { afterChunk }),
  });

async function untilEnded(id: string, seconds = 60): Promise<RunView> {
  for (let waited = 0; waited < seconds * 20; waited += 1) {
    const run = await showDeadLetterRun(operator, { id });
    if (run.state !== "queued" && run.state !== "running") return run;
    await sleep(50);
  }
  throw new Error("The run did not end.");
}

async function carriedOut(input: Parameters<typeof startDeadLetterRun>[1]): Promise<RunView> {
  const { id } = await startDeadLetterRun(operator, input);
  const running = worker();
  try {
    return await untilEnded(id);
  } finally {
    await running.stop();
  }
}

const rows = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await database.ingest.pool.query<T>(sql, values)).rows;

const readingsOf = (device: DeviceIdentity) =>
  rows<{ ts: Date; value: number; flags: number }>(
    `SELECT ts, "values"[1] AS value, flags FROM telemetry.reading WHERE device_key = $1 ORDER BY ts`,
    [device.deviceKey.toString()],
  );

const balance = async () => {
  const [row] = await rows<{ difference: string }>(
    `SELECT coalesce(sum(CASE WHEN outcome = 'received' THEN count ELSE -count END), 0)::text AS difference
     FROM ledger_minute WHERE tenant_id = $1`,
    [acme.tenantId],
  );
  return row?.difference;
};

describe("a replay", () => {
  it("stores each letter of a group once, with its transform, and settles it", async () => {
    const fingerprint = await seedDeadLetters(database, { devices, count: 2_501 });

    const run = await carriedOut({
      kind: "replay",
      selection: { fingerprint },
      transform: [rename],
      reason: "renamed in 2.1",
    });

    expect(run).toMatchObject({
      state: "done",
      total: 2501,
      done: 2501,
      stored: 2501,
      duplicate: 0,
      failed: 0,
    });
    const stored = [...(await readingsOf(devices[0]!)), ...(await readingsOf(devices[1]!))];
    expect(stored).toHaveLength(2501);
    expect(new Set(stored.map(({ value }) => value)).size).toBe(2501);
    expect(stored.every(({ flags }) => (flags & 8) !== 0)).toBe(true);
    expect(await showDeadLetterGroup(operator, { fingerprint })).toMatchObject({
      open: 0,
      replayed: 2501,
    });
    const [linked] = await rows<{ count: string }>(
      `SELECT count(*)::text FROM dead_letter l JOIN telemetry.reading r
         ON r.device_key = l.device_key AND r.ts = l.stored_ts AND r.message_key = l.stored_key
       WHERE l.fingerprint = $1 AND l.state = 'replayed' AND l.run_id = $2`,
      [fingerprint, run.id],
    );
    expect(linked?.count).toBe("2501");
    expect(await balance()).toBe("0");
    const [latest] = await rows<{ fields: { pressure: { v: number } } }>(
      "SELECT fields FROM telemetry.latest WHERE device_key = $1",
      [devices[0]!.deviceKey.toString()],
    );
    expect(latest?.fields.pressure.v).toBe(2500);
    expect(await rollupDifferences(database.ingest.pool)).toEqual([]);
    const events = await withTenant(operator, (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId: acme.tenantId, target: `deadLetterRun:${run.id}` },
        orderBy: { seq: "asc" },
      }),
    );
    expect(events.map(({ actionCode, actor }) => [actionCode, actor])).toEqual([
      ["deadLetter.startRun", "system:test"],
      ["deadLetter.runEnded", "system:replay"],
    ]);
  });

  it("says what repeats a stored reading, and stores it no second time", async () => {
    const again = await seedDeadLetters(database, { devices, count: 100 });

    const run = await carriedOut({
      kind: "replay",
      selection: { fingerprint: again },
      transform: [rename],
    });

    expect(run).toMatchObject({ done: 100, stored: 0, duplicate: 100, failed: 0 });
    expect(await showDeadLetterGroup(operator, { fingerprint: again })).toMatchObject({
      open: 0,
      replayed: 100,
    });
  });

  it("leaves open what still fails, under the cause that it has now", async () => {
    const fingerprint = await seedDeadLetters(database, {
      devices,
      count: 10,
      payload: `CASE WHEN n % 2 = 0 THEN '{"pressure":' || n || '}' ELSE '{"pressure":"high"}' END`,
      properties: `jsonb_build_object('ts', 1000 * (extract(epoch FROM now())::bigint - 5000 + n))`,
    });

    const run = await carriedOut({ kind: "replay", selection: { fingerprint } });

    expect(run).toMatchObject({ done: 10, stored: 5, failed: 5 });
    expect(run.failures).toMatchObject([{ count: 5 }]);
    const group = await showDeadLetterGroup(operator, { fingerprint });
    expect(group).toMatchObject({ open: 0, replayed: 5 });
    const [moved] = await rows<{ fingerprint: string; open: string; path: string }>(
      "SELECT fingerprint, open::text, path FROM dead_letter_group WHERE tenant_id = $1 AND path = '/pressure'",
      [acme.tenantId],
    );
    expect(moved).toMatchObject({ open: "5" });
    const [letters] = await rows<{ count: string }>(
      "SELECT count(*)::text FROM dead_letter WHERE fingerprint = $1 AND state = 'open'",
      [moved?.fingerprint],
    );
    expect(letters?.count).toBe("5");
    expect(await balance()).toBe("0");
  });

  it("recognises repetitions of messages without a time of their own, also among old letters", async () => {
    const [device] = [devices[0]!];
    const fingerprint = await seedDeadLetters(database, {
      devices: [device],
      count: 1_200,
      payload: `format('{"id":"m%s","values":{"pressure":%s}}', n % 600, n)`,
    });

    const run = await carriedOut({ kind: "replay", selection: { fingerprint } });

    expect(run).toMatchObject({ done: 1200, stored: 600, duplicate: 600 });
    // The same letters again, long after their keys left the window of recent keys.
    await rows("DELETE FROM telemetry.recent_message");
    const again = await seedDeadLetters(database, {
      devices: [device],
      count: 600,
      payload: `format('{"id":"m%s","values":{"pressure":%s}}', n % 600, n)`,
    });
    const second = await carriedOut({ kind: "replay", selection: { fingerprint: again } });
    expect(second).toMatchObject({ stored: 0, duplicate: 600 });
  });

  it("is taken over from a worker that is gone, with nothing twice and nothing missed", async () => {
    const before = (await readingsOf(devices[1]!)).length;
    const fingerprint = await seedDeadLetters(database, {
      devices: [devices[1]!],
      count: 3_000,
      payload: `format('{"ts":%s,"values":{"presure":%s}}', (extract(epoch FROM now())::bigint - 100000 + n) * 1000 + 7, n)`,
    });
    const { id } = await startDeadLetterRun(operator, {
      kind: "replay",
      selection: { fingerprint },
      transform: [rename],
    });
    let chunks = 0;
    const first = worker(() => {
      chunks += 1;
      if (chunks === 2) void first.stop();
    });
    for (let waited = 0; chunks < 2 && waited < 200; waited += 1) await sleep(50);
    await first.stop();
    const half = await showDeadLetterRun(operator, { id });
    expect(half.state).toBe("running");
    expect(half.done).toBeGreaterThan(0);
    expect(half.done).toBeLessThan(3000);

    const second = worker();
    const run = await untilEnded(id);
    await second.stop();

    expect(run).toMatchObject({ state: "done", done: 3000, stored: 3000 });
    expect((await readingsOf(devices[1]!)).length - before).toBe(3000);
    expect(await balance()).toBe("0");
  });

  it("stops where it is cancelled; what is done stays done", async () => {
    const fingerprint = await seedDeadLetters(database, {
      devices: [devices[0]!],
      count: 3_000,
      payload: `format('{"ts":%s,"values":{"presure":%s}}', (extract(epoch FROM now())::bigint - 200000 + n) * 1000 + 3, n)`,
    });
    const { id } = await startDeadLetterRun(operator, {
      kind: "replay",
      selection: { fingerprint },
      transform: [rename],
    });
    let cancelling: Promise<unknown> | undefined;
    const running = worker(() => {
      cancelling ??= cancelDeadLetterRun(operator, { id });
    });
    const run = await untilEnded(id);
    await cancelling;
    await running.stop();

    expect(run).toMatchObject({ state: "cancelled", cancelledBy: "system:test" });
    const group = await showDeadLetterGroup(operator, { fingerprint });
    expect(group.replayed).toBe(run.done);
    expect(group.open).toBe(3000 - run.done);
    expect(run.done).toBeLessThan(3000);
    await expect(cancelDeadLetterRun(operator, { id })).rejects.toMatchObject({ code: "conflict" });
  });

  it("goes on past a letter that the database refuses", async () => {
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '22003'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON telemetry.reading FOR EACH ROW
        WHEN (NEW."values"[1] = 777) EXECUTE FUNCTION refuse()`);
    const fingerprint = await seedDeadLetters(database, {
      devices: [devices[0]!],
      count: 1_000,
      payload: `format('{"ts":%s,"values":{"presure":%s}}', (extract(epoch FROM now())::bigint - 400000 + n) * 1000 + 9, n)`,
    });

    const run = await carriedOut({
      kind: "replay",
      selection: { fingerprint },
      transform: [rename],
    });
    await owner.query("DROP TRIGGER refuse ON telemetry.reading");
    await owner.end();

    expect(run).toMatchObject({ state: "done", done: 1000, stored: 999, failed: 1 });
    expect(run.failures).toMatchObject([
      { detail: "The database cannot store a value of this message.", count: 1 },
    ]);
    expect(await balance()).toBe("0");
  });

  it("and retention at the same time leave no letter twice and none uncounted", async () => {
    const before = (await readingsOf(devices[1]!)).length;
    const fingerprint = await seedDeadLetters(database, {
      devices: [devices[1]!],
      count: 4_000,
      payload: `format('{"ts":%s,"values":{"presure":%s}}', (extract(epoch FROM now())::bigint - 40 * 86400 + n) * 1000, n)`,
    });
    await rows(
      "UPDATE dead_letter SET category = 'personal', received_at = now() - interval '40 days' WHERE fingerprint = $1",
      [fingerprint],
    );
    const { id } = await startDeadLetterRun(operator, {
      kind: "replay",
      selection: { fingerprint },
      transform: [rename],
    });
    let deleting: Promise<string> | undefined;
    const running = worker(() => {
      deleting ??= deadLetterRetention(database.ingest).run();
    });
    const run = await untilEnded(id);
    await deleting;
    await running.stop();

    const group = await showDeadLetterGroup(operator, { fingerprint });
    expect(group.open).toBe(0);
    expect(group.replayed + group.expired).toBe(4000);
    expect(group.expired).toBeGreaterThan(0);
    expect(run.stored).toBe(group.replayed);
    expect((await readingsOf(devices[1]!)).length - before).toBe(group.replayed);
  });

  it("stores an edited letter, and keeps its own bytes", async () => {
    const fingerprint = await seedDeadLetters(database, {
      devices: [devices[0]!],
      count: 1,
      payload: `'{"presure":'`,
      reason: "not-json",
    });
    const [letter] = await rows<{ id: string }>(
      "SELECT id FROM dead_letter WHERE fingerprint = $1",
      [fingerprint],
    );
    const payload = Buffer.from('{"ts":1700000000000,"values":{"pressure":4}}').toString("base64");

    const run = await carriedOut({ kind: "replay", selection: { ids: [letter!.id] }, payload });

    expect(run).toMatchObject({ state: "done", stored: 1, edited: true });
    const [kept] = await rows<{ payload: Buffer; state: string }>(
      "SELECT payload, state FROM dead_letter WHERE id = $1",
      [letter!.id],
    );
    expect(kept).toMatchObject({ state: "replayed" });
    expect(kept?.payload.toString()).toBe('{"presure":');
  });
});

describe("a dry-run", () => {
  it("writes nothing, and says what would be stored and what would fail", async () => {
    const fingerprint = await seedDeadLetters(database, {
      devices,
      count: 1_100,
      payload: `format('{"ts":%s,"values":{"presure":%s}}', (extract(epoch FROM now())::bigint - 300000 + n) * 1000 + 5,
        CASE WHEN n % 10 = 0 THEN '"x"' ELSE n::text END)`,
    });
    const [before] = await rows("SELECT count(*) FROM telemetry.reading");

    const run = await carriedOut({
      kind: "dry_run",
      selection: { fingerprint },
      transform: [rename],
    });

    expect(run).toMatchObject({ state: "done", done: 1100, stored: 990, failed: 110 });
    expect(run.samples).toHaveLength(20);
    expect(run.samples[0]).toMatchObject({ before: { presure: 1 }, after: { pressure: 1 } });
    expect(run.failures).toMatchObject([{ count: 110 }]);
    expect(await rows("SELECT count(*) FROM telemetry.reading")).toEqual([before]);
    expect(await showDeadLetterGroup(operator, { fingerprint })).toMatchObject({ open: 1100 });
  });
});

describe("a discard", () => {
  it("settles a group in several transactions, and says why", async () => {
    const fingerprint = await seedDeadLetters(database, { devices, count: 12_000 });

    const run = await carriedOut({
      kind: "discard",
      selection: { fingerprint },
      reason: "a test rig",
    });

    expect(run).toMatchObject({ state: "done", done: 12_000 });
    expect(await showDeadLetterGroup(operator, { fingerprint })).toMatchObject({
      open: 0,
      discarded: 12_000,
    });
    const [letter] = await rows<{ settled_reason: string; state: string }>(
      "SELECT state, settled_reason FROM dead_letter WHERE fingerprint = $1 LIMIT 1",
      [fingerprint],
    );
    expect(letter).toEqual({ state: "discarded", settled_reason: "a test rig" });
  });
});
