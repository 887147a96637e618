import { randomUUID } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "#server/db/client.ts";
import type { DeviceIdentity, Settlement } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";

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
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
});

async function stored(): Promise<number> {
  const result = await owner.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM telemetry.reading WHERE device_key = $1",
    [device.deviceKey.toString()],
  );
  return result.rows[0]?.count ?? 0;
}

async function ledger(): Promise<Record<string, number>> {
  const result = await owner.query<{ outcome: string; count: number }>(
    "SELECT outcome::text, sum(count)::integer AS count FROM ledger_minute WHERE tenant_id = $1 GROUP BY 1",
    [device.tenantId],
  );
  return Object.fromEntries(result.rows.map(({ outcome, count }) => [outcome, count]));
}

const outcomes = (settlements: readonly Settlement[]): string[] =>
  settlements.map(({ outcome }) => outcome);

/** One in three has neither time nor id: its key must be the same in every attempt. */
function payloads(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 3 === 0) return `{"a":${index}}`;
    if (index % 3 === 1) return `{"id":"m${index}","values":{"a":${index}}}`;
    return `{"id":"m${index}","ts":${Date.now()},"values":{"a":${index}}}`;
  });
}

describe("while the database's connections are cut under load", () => {
  it("every message is stored once, acknowledged once and counted once", async () => {
    const bench = startIngestBench(database.ingest);
    const settlements: Settlement[] = [];
    for (let round = 0; round < 20; round += 1) {
      const texts = payloads(150).map((text) => text.replaceAll('"m', `"r${round}m`));
      const sending = bench.send(device, texts);
      await sleep(round);
      await owner.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'quayside_ingest'",
      );
      settlements.push(...(await sending));
    }
    await bench.stop(5000);

    const sent = settlements.length;
    expect(sent).toBe(3000);
    expect(new Set(outcomes(settlements))).toEqual(new Set(["stored"]));
    expect(await stored()).toBe(sent);
    expect(await ledger()).toEqual({ received: sent, stored: sent });
  });
});

/** A stretch of wire between worker and database whose way back can be cut. */
async function startWire(url: string): Promise<{
  readonly url: string;
  readonly server: Server;
  loseAnswers(): void;
  restore(): void;
}> {
  const target = new URL(url);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let isLosing = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far };
    pairs.add(pair);
    near.pipe(far);
    far.on("data", (chunk) => {
      if (!isLosing) near.write(chunk);
    });
    for (const socket of [near, far]) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        near.destroy();
        far.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const through = new URL(url);
  through.port = String(typeof address === "object" && address !== null ? address.port : 0);
  return {
    url: through.toString(),
    server,
    loseAnswers: () => {
      isLosing = true;
    },
    restore: () => {
      isLosing = false;
      for (const { near } of pairs) near.destroy();
    },
  };
}

describe("when the answer to COMMIT is lost", () => {
  it.each([
    ["a batch of new messages", payloads(30), 30],
    ["a batch with messages that have no time", payloads(3), 3],
    ["a batch with duplicates and dead letters", [...payloads(9), ...payloads(9), "bad"], 12],
  ])("%s is neither stored nor counted again", async (_, sent, expected) => {
    const wire = await startWire(database.ingestUrl);
    const db = openDatabase({ url: wire.url, max: 5 });
    const bench = startIngestBench(db);
    await bench.send(device, ['{"a":0}']);
    const before = await stored();

    const own = sent.map((text) => text.replaceAll('"m', `"${randomUUID().slice(0, 6)}m`));
    const same = sent.length === 19 ? sent : own;
    wire.loseAnswers();
    const settled = bench.send(device, same);
    await sleep(400);
    wire.restore();
    const settlements = await settled;
    await bench.stop(5000);
    await db.close();
    wire.server.close();

    const rows = (await stored()) - before;
    const { received = 0, ...rest } = await ledger();
    expect(received).toBe(same.length + 1);
    expect(Object.values(rest).reduce((sum, count) => sum + count, 0)).toBe(received);
    expect(rows).toBe(outcomes(settlements).filter((outcome) => outcome === "stored").length);
    expect(rest["stored"]).toBe(rows + 1);
    expect(rows).toBeGreaterThanOrEqual(expected);
  });
});

describe("an outage that the database reports", () => {
  it.each([["40001"], ["40P01"], ["57014"], ["53100"], ["53300"], ["57P01"], ["XX000"]])(
    "%s holds the messages until it is over",
    async (code) => {
      const bench = startIngestBench(database.ingest);
      await bench.send(device, ['{"a":0}']);
      await owner.query(
        `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '${code}'; END $$;
         CREATE TRIGGER fail BEFORE INSERT ON ledger_minute EXECUTE FUNCTION fail()`,
      );
      let isSettled = false;
      const sent = bench.send(device, payloads(6)).finally(() => {
        isSettled = true;
      });
      await sleep(250);
      const settledDuring = isSettled;
      await owner.query("DROP FUNCTION fail CASCADE");
      const settlements = await sent;
      await bench.stop(5000);

      expect(settledDuring).toBe(false);
      expect(new Set(outcomes(settlements))).toEqual(new Set(["stored"]));
      expect(await ledger()).toEqual({ received: 7, stored: 7 });
    },
  );

  it("stops reading above the watermark and reads on afterwards", async () => {
    const limits = {
      maxWaitingBytes: 1e9,
      maxWaitingMessages: 50,
      maxBatchBytes: 1e9,
      maxBatchMessages: 10,
    };
    const bench = startIngestBench(database.ingest, { limits });
    const sent = bench.send(device, payloads(60));
    expect(bench.ingest.hasRoom).toBe(false);
    let called = 0;
    bench.ingest.onceRoom(() => {
      called += 1;
    });
    await sent;
    expect(called).toBe(1);
    expect(bench.ingest.hasRoom).toBe(true);
    await bench.stop(5000);
  });
});

describe("a message that the database can never store", () => {
  it("becomes a dead letter, and the others of its batch are stored", async () => {
    await owner.query(
      `ALTER TABLE telemetry.reading ADD CONSTRAINT poison CHECK ("values"[1] IS DISTINCT FROM 666) NOT VALID`,
    );
    const bench = startIngestBench(database.ingest);
    const sent = Array.from({ length: 40 }, (_, index) =>
      index === 13 || index === 31 ? `{"a":666}` : `{"a":${index}}`,
    );
    const settlements = await bench.send(device, sent);
    await bench.stop(5000);
    await owner.query("ALTER TABLE telemetry.reading DROP CONSTRAINT poison");

    const bad = outcomes(settlements).flatMap((outcome, index) =>
      outcome === "dead_lettered" ? [index] : [],
    );
    expect(bad).toEqual([13, 31]);
    expect(await stored()).toBe(38);
    expect(await ledger()).toEqual({ received: 40, stored: 38, dead_lettered: 2 });
  });
});

describe("stopping", () => {
  it("commits and tells what was accepted", async () => {
    const bench = startIngestBench(database.ingest);
    const sent = bench.send(device, payloads(500));
    await bench.stop(5000);
    expect(outcomes(await sent)).toHaveLength(500);
    expect(await stored()).toBe(500);
  });

  it("does not wait for ever for a database that is away", async () => {
    const db = openDatabase({ url: "postgresql://a:b@127.0.0.1:9/none", max: 2 });
    const bench = startIngestBench(db);
    void bench.send(device, ['{"a":1}']);
    const startedAt = Date.now();
    await bench.stop(300).catch(() => undefined);
    expect(Date.now() - startedAt).toBeLessThan(3000);
    await db.close();
  });
});
