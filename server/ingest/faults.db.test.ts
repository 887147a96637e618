import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { batchStatements, type BatchStatement } from "#server/db/batch-statements.ts";
import type { DeviceIdentity, Settlement } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import {
  createFailingWriter,
  injectFunction,
  type WriterFault,
} from "#server/testing/failing-writer.ts";
import { createIngestDevice, startIngestBench, type IngestBench } from "#server/testing/ingest.ts";
import { createSubscribers, type TestSubscribers } from "#server/testing/subscribers.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(injectFunction);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

let tenantId: string;
let device: DeviceIdentity;
let subscribers: TestSubscribers;
let kept: string;
let bench: IngestBench;
let writer: ReturnType<typeof createFailingWriter>;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  tenantId = tenant.tenantId;
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
  subscribers = createSubscribers(owner);
  kept = await subscribers.add({ tenantId, filter: "#", keeps: true });
  writer = createFailingWriter();
  const { workerId, routes } = subscribers;
  bench = startIngestBench(database.ingest, { workerId, fanout: routes, openWriter: writer.open });
});
afterEach(() => bench.stop(5000));

const codes = ["40001", "40P01", "57014", "53300", "57P01", "53100"] as const;

/** Each statement fails with each code, and once its round trip succeeds and the answer is lost. */
function faultsAt(statement: BatchStatement): readonly WriterFault[] {
  const failing = codes.map((code) => ({ at: "statement" as const, statement, code }));
  return [...failing, { at: "answer", statement, code: "57P01" }];
}

type Sent = {
  readonly told: readonly Settlement[];
  /** What the subscriber gets. */
  readonly texts: readonly string[];
};

/** A batch that needs every statement; what is stored of it is told and passed on once. */
async function sendEverything(name: string, ts: number): Promise<Sent> {
  const timed = `{"id":"${name}-a","ts":${ts},"values":{"a":1}}`;
  const untimed = `{"id":"${name}-b","values":{"a":1}}`;
  const state = `{"online":true,"name":"${name}"}`;
  const claimedBy = await subscribers.claimOf(kept);
  const topic = "qs/v1/d/pump/up/state";
  const told = await Promise.all([
    bench.send(device, [timed]),
    bench.send(device, [untimed], { qos: 2, packetId: Number(name), claimedBy }),
    bench.send(device, [state], { channel: "state", topic, retain: true, id: name }),
    bench.send(device, ["no json"]),
    bench.relay({ tenantId, id: randomUUID() }, [`${name}-relayed`]),
  ]);
  return { told: told.flat(), texts: [timed, untimed, state, `${name}-relayed`] };
}

const everything = ["stored", "stored", "stored", "dead_lettered", "stored"];

async function count(sql: string): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(`SELECT count(*)::integer AS count ${sql}`);
  return rows[0]?.count ?? 0;
}

async function ledger(): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ outcome: string; count: number }>(
    "SELECT outcome::text, sum(count)::integer AS count FROM ledger_minute WHERE tenant_id = $1 GROUP BY 1",
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ outcome, count: of }) => [outcome, of]));
}

/** Sent in a round trip of their own, before it is decided what becomes of the messages. */
const asked = ["begin", "shareRetained", "claim", "compareRoutes", "claimRecent", "claimInbound"];
const staging = ["copyStaging", "storeStaged"];
const statements = (Object.keys(batchStatements) as BatchStatement[]).filter(
  (statement) => statement !== "rollback",
);

describe.each(statements)("the statement %s", (statement) => {
  const isStaged = staging.includes(statement);
  const isLast = !isStaged && !asked.includes(statement);

  it("may fail in every way: nothing is lost, nothing is there twice, everything is settled", async () => {
    const ts = Date.now();
    const again = `{"id":"again","ts":${ts},"values":{"a":1}}`;
    await bench.send(device, [again]);
    const texts = [again];
    const faults = faultsAt(statement);
    for (const [index, fault] of faults.entries()) {
      writer.arm(fault);
      // A repeated row sends its batch through the staging table.
      const repeated = isStaged ? bench.send(device, [again]) : undefined;
      // Of a minute that is not open yet.
      const sent = await sendEverything(String(index + 1), ts - (index + 1) * 60_000);
      texts.push(...sent.texts);
      expect(writer.struck, "the statement was sent").toBe(true);
      expect(sent.told.map(({ outcome }) => outcome)).toEqual(everything);
      expect((await repeated) ?? [{ outcome: "duplicate" }]).toEqual([{ outcome: "duplicate" }]);
    }
    await bench.stop(5000);

    const of = faults.length;
    const key = device.deviceKey.toString();
    expect(await count(`FROM telemetry.reading WHERE device_key = ${key}`)).toBe(2 * of + 1);
    expect(await count(`FROM telemetry.device_message WHERE device_key = ${key}`)).toBe(of);
    expect(await count(`FROM dead_letter WHERE device_key = ${key}`)).toBe(of);
    expect(await count(`FROM retained_message WHERE tenant_id = '${tenantId}'`)).toBe(1);
    expect(await ledger()).toEqual({
      received: 5 * of + 1 + (isStaged ? of : 0),
      stored: 4 * of + 1,
      dead_lettered: of,
      ...(isStaged ? { duplicate: of } : {}),
    });
    expect(await subscribers.queueOf(kept)).toEqual(texts);
    // Only the answer to the last round trip leaves open what was committed.
    const delivered = subscribers.delivered.map(({ text }) => text);
    expect(subscribers.woken).toEqual(isLast ? [kept] : []);
    expect(delivered).toEqual(isLast ? texts.slice(0, -4) : texts);
  });
});

describe.each<BatchStatement>(["claim", "compareRoutes", "copyReadings", "enqueue", "countLedger"])(
  "in a batch of one round trip the statement %s",
  (statement) => {
    it("may fail in every way", async () => {
      const texts: string[] = [];
      const faults = faultsAt(statement);
      for (const [index, fault] of faults.entries()) {
        writer.arm(fault);
        const text = `{"id":"${index}","ts":${Date.now()},"values":{"a":1}}`;
        texts.push(text);
        expect(await bench.send(device, [text])).toEqual([{ outcome: "stored" }]);
        expect(writer.struck).toBe(true);
      }
      await bench.stop(5000);

      expect(await subscribers.queueOf(kept)).toEqual(texts);
      expect(subscribers.delivered.map(({ text }) => text)).toEqual(texts.slice(0, -1));
      expect(subscribers.woken).toEqual([kept]);
      expect(await ledger()).toEqual({ received: texts.length, stored: texts.length });
    });
  },
);

it("what was committed unseen goes to those who subscribed then, whoever does now", async () => {
  await bench.send(device, ['{"a":0}']);
  writer.arm({ at: "answer", statement: "countLedger", code: "57P01" });
  const sending = bench.send(device, ['{"a":1}']);
  await expect.poll(() => writer.struck, { interval: 1 }).toBe(true);
  subscribers.routes.apply([{ kind: "remove", key: kept, tenantId }]);

  expect(await sending).toEqual([{ outcome: "stored" }]);
  expect(subscribers.woken).toEqual([kept]);
  expect(await subscribers.queueOf(kept)).toEqual(['{"a":0}', '{"a":1}']);
});

it.each([
  ["40001", 0],
  ["40P01", 0],
  ["57P01", 1],
])("after %s the batch is tried again on %i new connections", async (code, expected) => {
  await bench.send(device, ['{"a":0}']);
  const before = writer.opened;
  writer.arm({ at: "statement", statement: "copyReadings", code });

  expect(await bench.send(device, ['{"a":1}'])).toEqual([{ outcome: "stored" }]);
  expect(writer.struck).toBe(true);
  expect(writer.opened - before).toBe(expected);
});

it.each(codes)("a connection that cannot be opened (%s) is tried again", async (code) => {
  await bench.send(device, ['{"a":0}']);
  writer.arm({ at: "answer", statement: "claim", code });
  const first = await bench.send(device, ['{"a":1}']);
  writer.arm({ at: "open", statement: "claim", code });
  await owner.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'quayside_ingest'",
  );
  const second = await bench.send(device, ['{"a":2}']);

  expect(writer.struck).toBe(true);
  expect([...first, ...second]).toEqual([{ outcome: "stored" }, { outcome: "stored" }]);
  expect(await ledger()).toEqual({ received: 3, stored: 3 });
});
