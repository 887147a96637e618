import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeviceIdentity, Settlement } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench, type IngestBench } from "#server/testing/ingest.ts";
import { createSubscribers, type TestSubscribers } from "#server/testing/subscribers.ts";

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

let tenantId: string;
let device: DeviceIdentity;
let subscribers: TestSubscribers;
let bench: IngestBench;
let client: { readonly tenantId: string; readonly id: string };
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  tenantId = tenant.tenantId;
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
  client = { tenantId, id: randomUUID() };
  subscribers = createSubscribers(owner);
  const { workerId, routes } = subscribers;
  bench = startIngestBench(database.ingest, { workerId, fanout: routes });
});
afterEach(async () => {
  await bench.stop(5000);
  await owner.query("TRUNCATE mqtt_route_version");
});

const outcomes = (settlements: readonly Settlement[]): string[] =>
  settlements.map((settlement) =>
    "reason" in settlement ? settlement.reason : settlement.outcome,
  );
const textsFor = (key: string): string[] =>
  subscribers.delivered.filter((each) => each.key === key).map(({ text }) => text);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 5000 && !(await holds()); waited += 10) await sleep(10);
}

async function ledger(): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ key: string; count: number }>(
    `SELECT outcome || CASE reason WHEN '' THEN '' ELSE ':' || reason END AS key, sum(count)::integer AS count
     FROM ledger_minute WHERE tenant_id = $1 GROUP BY 1`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

async function retained(): Promise<Record<string, string>> {
  const { rows } = await owner.query<{ topic: string; text: string }>(
    "SELECT topic, convert_from(payload, 'UTF8') AS text FROM retained_message WHERE tenant_id = $1",
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ topic, text }) => [topic, text]));
}

const reading = (id: string, value = 1): string =>
  `{"id":"${id}","ts":${Date.now()},"values":{"a":${value}}}`;

describe("what devices publish", () => {
  it("reaches kept queues in the transaction and connections after it, in order", async () => {
    const kept = await subscribers.add({ tenantId, filter: "qs/#", keeps: true });
    const direct = await subscribers.add({ tenantId, filter: "qs/v1/d/+/up/#", keeps: false });
    const sent = Array.from({ length: 250 }, (_, index) => reading(`m${index}`));

    await bench.send(device, sent);

    expect(await subscribers.queueOf(kept)).toEqual(sent);
    expect(textsFor(kept)).toEqual(sent);
    expect(textsFor(direct)).toEqual(sent);
    const seqs = subscribers.delivered.filter(({ key }) => key === kept).map(({ seq }) => seq);
    expect(seqs).toEqual(sent.map((_, index) => BigInt(index + 1)));
  });

  it("reaches nobody when it is a duplicate or a dead letter", async () => {
    const kept = await subscribers.add({ tenantId, filter: "#", keeps: true });
    const again = reading("again");

    const settlements = await bench.send(device, [
      again,
      again,
      "no json",
      '{"id":"w","values":{"a":1}}',
    ]);
    await bench.send(device, [again, '{"id":"w","values":{"a":1}}']);

    expect(outcomes(settlements)).toEqual(["stored", "duplicate", "not-json", "stored"]);
    expect(await subscribers.queueOf(kept)).toEqual([again, '{"id":"w","values":{"a":1}}']);
    expect(textsFor(kept)).toHaveLength(2);
  });

  it("does not reach subscribers of another tenant", async () => {
    const other = await createTestTenant(database, { slug: `t-${randomUUID().slice(0, 8)}` });
    const kept = await subscribers.add({ tenantId: other.tenantId, filter: "#", keeps: true });

    await bench.send(device, [reading("m")]);

    expect(await subscribers.queueOf(kept)).toEqual([]);
    expect(subscribers.delivered).toEqual([]);
  });

  it("is stored and passed to the others when one queue is full", async () => {
    const full = await subscribers.add({ tenantId, filter: "#", keeps: true, maxQueued: 2 });
    const wide = await subscribers.add({ tenantId, filter: "#", keeps: true });
    const sent = ["a", "b", "c"].map((id) => reading(id));

    const settlements = await bench.send(device, sent);

    expect(outcomes(settlements)).toEqual(["stored", "stored", "stored"]);
    expect(textsFor(full)).toEqual(sent.slice(0, 2));
    expect(textsFor(wide)).toEqual(sent);
    expect(subscribers.routes.stats().drops["queue-full"]).toBe(1);
  });

  it("is written in parts when more queues take it than one transaction should fill", async () => {
    const keys: string[] = [];
    for (let count = 0; count < 45; count += 1) {
      keys.push(await subscribers.add({ tenantId, filter: "#", keeps: true }));
    }
    const sent = Array.from({ length: 500 }, (_, index) => reading(`m${index}`));

    const settlements = await bench.send(device, sent);

    expect(new Set(outcomes(settlements))).toEqual(new Set(["stored"]));
    expect(await subscribers.queueOf(keys[0]!)).toEqual(sent);
    expect(textsFor(keys[44]!)).toEqual(sent);
    const { rows } = await owner.query<{ sequence: string }>(
      "SELECT sequence FROM telemetry.batch WHERE worker_id = $1",
      [subscribers.workerId],
    );
    expect(rows).toEqual([{ sequence: "3" }]);
    expect(await ledger()).toEqual({ received: 500, stored: 500 });
  });

  it("is acknowledged before it is passed on", async () => {
    await subscribers.add({ tenantId, filter: "#", keeps: false });
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      void bench.send(device, [reading("m")], {
        origin: {
          settle: () => {
            seen.push(subscribers.delivered.length);
            setImmediate(resolve);
          },
        },
      });
    });
    expect(seen).toEqual([0]);
    expect(subscribers.delivered).toHaveLength(1);
  });
});

describe("retained messages", () => {
  it("go to a subscriber that did not find them because they were on their way", async () => {
    const reader = new pg.Client({ connectionString: database.ownerUrl });
    await reader.connect();
    await reader.query("BEGIN");
    await reader.query("SELECT mqtt_await_retained($1)", [tenantId]);
    const settled = bench.relay(client, ["on"], { topic: "plant/x", retain: true });
    await until(async () => {
      const waiting = await owner.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
      );
      return waiting.rowCount === 1;
    });
    const late = await subscribers.add({ tenantId, filter: "plant/#", keeps: true });
    await reader.query("COMMIT");
    await reader.end();

    await settled;

    expect(textsFor(late)).toEqual(["on"]);
  });

  const topic = "qs/v1/d/pump/up/state";
  const state = { topic, channel: "state", retain: true };

  it("are kept without subscribers; the last of a topic stays, an empty one deletes it", async () => {
    await bench.send(device, ['{"online":true}', '{"online":false}'], state);
    expect(await retained()).toEqual({ [topic]: '{"online":false}' });

    const settlements = await bench.send(device, [""], state);
    expect(outcomes(settlements)).toEqual(["stored"]);
    expect(await retained()).toEqual({});
  });

  it("are not kept of messages that are not stored", async () => {
    await bench.send(device, ["{"], state);
    expect(await retained()).toEqual({});
  });

  it("beyond the cap of their publisher are passed on, and their publisher is told", async () => {
    const kept = await subscribers.add({ tenantId, filter: "plant/#", keeps: true });
    for (let index = 0; index < 100; index += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, more) =>
          bench.relay(client, ["x"], { topic: `plant/${index + more}`, retain: true }),
        ),
      );
    }

    const beyond = await bench.relay(client, ["x", "y"], { topic: "plant/100", retain: true });
    const known = await bench.relay(client, ["y"], { topic: "plant/7", retain: true });
    const other = await bench.relay({ tenantId, id: randomUUID() }, ["z"], {
      topic: "plant/100",
      retain: true,
    });

    const told = { outcome: "stored", matched: true };
    expect(beyond).toEqual([
      { ...told, notRetained: true },
      { ...told, notRetained: true },
    ]);
    expect([known, other]).toEqual([[told], [told]]);
    expect(await retained()).toMatchObject({ "plant/7": "y", "plant/100": "z" });
    expect(await subscribers.queueOf(kept)).toHaveLength(104);
  });
});

describe("what service clients publish", () => {
  it("is passed on, counted as relayed, and its publisher learns whether anybody subscribes", async () => {
    const kept = await subscribers.add({ tenantId, filter: "plant/#", keeps: true });

    const heard = await bench.relay(client, ["1", "2"], { topic: "plant/a" });
    const unheard = await bench.relay(client, ["3"], { topic: "field/a" });

    expect(heard).toEqual([
      { outcome: "stored", matched: true },
      { outcome: "stored", matched: true },
    ]);
    expect(unheard).toEqual([{ outcome: "stored", matched: false }]);
    expect(await subscribers.queueOf(kept)).toEqual(["1", "2"]);
    expect(await ledger()).toEqual({ received: 3, "stored:relayed": 3 });
  });

  it("that the database can never keep is rejected and does not hold up the rest", async () => {
    await owner.query(
      "ALTER TABLE mqtt_queued_message ADD CONSTRAINT poison CHECK (payload <> 'poison') NOT VALID",
    );
    const kept = await subscribers.add({ tenantId, filter: "#", keeps: true });
    const telemetry = [reading("a"), reading("b")];

    const [relayed, stored] = await Promise.all([
      bench.relay(client, ["1", "poison", "2"]),
      bench.send(device, telemetry),
    ]);
    await owner.query("ALTER TABLE mqtt_queued_message DROP CONSTRAINT poison");

    expect(outcomes(relayed)).toEqual(["stored", "unstorable", "stored"]);
    expect(outcomes(stored)).toEqual(["stored", "stored"]);
    expect(await subscribers.queueOf(kept)).toEqual(["1", "2", ...telemetry]);
    expect(textsFor(kept)).toEqual(["1", "2", ...telemetry]);
    expect(await ledger()).toEqual({
      received: 5,
      stored: 2,
      "stored:relayed": 2,
      "rejected:unstorable": 1,
    });
  });
});

describe("QoS 2", () => {
  const packet = async (key: string, packetId: number) =>
    ({ qos: 2, packetId, claimedBy: await subscribers.claimOf(key) }) as const;

  it("a packet identifier is taken once until it is released", async () => {
    const session = await subscribers.add({ tenantId, filter: "#", keeps: true });
    const plain = '{"a":1}';

    const first = await bench.send(device, [plain, plain], await packet(session, 7));
    const again = await bench.send(device, [plain], await packet(session, 7));
    const next = await bench.send(device, [plain], await packet(session, 8));
    await owner.query("DELETE FROM mqtt_inbound_id WHERE session_id = $1 AND packet_id = 7", [
      subscribers.sessionId(session).toString(),
    ]);
    const released = await bench.send(device, [plain], await packet(session, 7));

    expect([first, again, next, released].map(outcomes)).toEqual([
      ["stored", "duplicate"],
      ["duplicate"],
      ["stored"],
      ["stored"],
    ]);
    expect(textsFor(session)).toHaveLength(3);
    expect(await ledger()).toEqual({ received: 5, stored: 3, duplicate: 2 });
  });

  it("what an older connection sent is left to the newer one, before and after it was released there", async () => {
    const session = await subscribers.add({ tenantId, filter: "#", keeps: true });
    const plain = '{"a":1}';
    const older = await packet(session, 7);
    await owner.query(
      "UPDATE mqtt_session SET generation = nextval('mqtt_generation') WHERE id = $1",
      [subscribers.sessionId(session).toString()],
    );
    const newer = await packet(session, 7);

    const [first] = await Promise.all([
      bench.send(device, [plain], older),
      bench.send(device, [plain], newer),
    ]);
    await owner.query("DELETE FROM mqtt_inbound_id");
    const late = await bench.send(device, [plain], older);
    const next = await bench.send(device, ['{"a":2}'], newer);

    expect([first, late]).toEqual(Array(2).fill([{ outcome: "duplicate", superseded: true }]));
    expect(outcomes(next)).toEqual(["stored"]);
    expect(textsFor(session)).toEqual([plain, '{"a":2}']);
    expect(await ledger()).toEqual({ received: 4, stored: 2, duplicate: 2 });
  });

  it("a repeated publication is not kept as a dead letter twice", async () => {
    const session = await subscribers.add({ tenantId, filter: "x", keeps: true });

    await bench.send(device, ["bad"], await packet(session, 7));
    const again = await bench.send(device, ["bad"], await packet(session, 7));

    expect(outcomes(again)).toEqual(["duplicate"]);
    expect(await ledger()).toEqual({ received: 2, "dead_lettered:not-json": 1, duplicate: 1 });
  });
});

describe("routes of other workers", () => {
  it("that changed are read before the batch is stored, without waiting", async () => {
    const kept = await subscribers.add({ tenantId, filter: "late/#", keeps: true });
    await owner.query("INSERT INTO mqtt_route_version (worker_id, version) VALUES ($1, 9)", [
      randomUUID(),
    ]);
    const { sync } = subscribers;
    sync.catchUp = () => {
      sync.catchUps += 1;
      sync.foreignVersion = 9n;
      return Promise.resolve();
    };

    const settled = await bench.relay(client, ["1"], { topic: "late/a" });

    expect(settled).toEqual([{ outcome: "stored", matched: true }]);
    expect(sync.catchUps).toBe(1);
    expect(await subscribers.queueOf(kept)).toEqual(["1"]);
    expect(await ledger()).toEqual({ received: 1, "stored:relayed": 1 });
  });
});

describe("publications that were turned away", () => {
  it("are in the ledger within a second, as received and as what became of them", async () => {
    const message = { ...(await firstMessage()) };
    const at = { tenantId, profileId: device.profileId, transport: "mqtt", receivedAt: Date.now() };
    for (let count = 0; count < 3; count += 1) bench.ingest.shed(message);
    bench.ingest.reject({ ...at, transport: "mqtts" }, "publish-not-allowed");

    await expect
      .poll(() => ledger(), { timeout: 3000 })
      .toEqual({
        received: 5,
        stored: 1,
        shed: 3,
        "rejected:publish-not-allowed": 1,
      });
  });

  it("are written when the worker stops", async () => {
    const own = startIngestBench(database.ingest);
    const at = { tenantId, profileId: device.profileId, receivedAt: Date.now() };
    own.ingest.reject({ ...at, transport: "ws" }, "topic-invalid");
    await own.stop(5000);

    expect(await ledger()).toEqual({ received: 1, "rejected:topic-invalid": 1 });
  });

  /** A message as the pipeline got it. */
  function firstMessage(): Promise<Parameters<typeof bench.ingest.shed>[0]> {
    return new Promise((resolve) => {
      void bench.send(device, ['{"a":1}'], { origin: { settle: (message) => resolve(message) } });
    });
  }
});
