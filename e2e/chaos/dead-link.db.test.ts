import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startFaultProxy, type FaultProxy } from "#e2e/chaos/fault-proxy.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { listenChannel } from "#server/db/listen-channel.ts";
import { openStatementConnection } from "#server/db/statement-connection.ts";
import { cloneDatabase, type TestDatabase } from "#server/testing/database.ts";

let database: TestDatabase;
let proxy: FaultProxy;
let db: Database;
beforeEach(async () => {
  database = await cloneDatabase();
  const url = new URL(database.ingestUrl);
  const port = Number(url.port);
  proxy = await startFaultProxy(() => port);
  url.port = String(proxy.port);
  db = openDatabase({ url: url.toString(), max: 8 });
});
afterEach(async () => {
  await proxy.stop();
  await db.close();
  await database.drop();
});

/** R8, less what the retries after it may take. */
const noticedWithinMs = 6_000;

async function msUntilFailed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await expect(work).rejects.toThrow(/dead|terminated|did not answer/);
  return performance.now() - startedAt;
}

function openWriter(previousPid?: number) {
  return openStatementConnection(db, {
    session: "SET statement_timeout = '30s'",
    statements: {
      begin: "BEGIN",
      commit: "COMMIT",
      ask: "SELECT $1::text",
      slow: "SELECT pg_sleep($1::float8)::text",
    },
    previousPid,
  });
}

it("a link that went silent is given up soon, whatever waits on it, and so is what lay idle", async () => {
  const writer = await openWriter();
  await writer.run([{ statement: "begin" }]);
  await Promise.all([db.pool.query("SELECT 1"), db.pool.query("SELECT 2")]);
  proxy.silence();

  const waits = await Promise.all([
    msUntilFailed(writer.run([{ statement: "ask", parameters: ["x"] }, { statement: "commit" }])),
    msUntilFailed(db.pool.query("SELECT 1")),
  ]);
  writer.close();
  expect(Math.max(...waits)).toBeLessThan(noticedWithinMs);
  const { rows } = await db.pool.query<{ two: number }>("SELECT 2 AS two");
  expect(rows).toEqual([{ two: 2 }]);
  const next = await openWriter(writer.backendPid);
  expect((await next.run([{ statement: "ask", parameters: ["y"] }]))[0]).toEqual(["y"]);
  next.close();
});

it("a link that went silent while nobody could be asked is given up soon after the database is back", async () => {
  const writer = await openWriter();
  proxy.silence();
  proxy.set("both", { isBlackHole: true });
  const failed = msUntilFailed(writer.run([{ statement: "ask", parameters: ["x"] }]));
  await sleep(5_000);
  proxy.set("both", {});

  expect(await failed).toBeLessThan(5_000 + noticedWithinMs);
  writer.close();
});

it("a slow statement is not cut, nor one that waits for a lock", async () => {
  const writer = await openWriter();
  const blocker = await db.pool.connect();
  await blocker.query("SELECT pg_advisory_lock(7)");
  const waiting = db.pool.query("SELECT pg_advisory_lock(7)");
  const slow = writer.run([{ statement: "slow", parameters: ["6"] }]);

  await expect(slow).resolves.toHaveLength(2);
  await blocker.query("SELECT pg_advisory_unlock(7)");
  await expect(waiting).resolves.toMatchObject({ rowCount: 1 });
  blocker.release();
  writer.close();
});

it("megabytes over a slow link are not taken for a dead one", async () => {
  const writer = await openWriter();
  proxy.set("up", { bytesPerSecond: 200_000 });
  const text = "x".repeat(1_200_000);

  const [rows] = await writer.run([{ statement: "ask", parameters: [text] }]);

  expect(rows?.[0]).toHaveLength(text.length);
  writer.close();
});

it("a listener on a link that went silent listens again", async () => {
  const missed = vi.fn<() => void>();
  const heard: string[] = [];
  const stop = listenChannel(db, "quayside_test", {
    missed,
    payload: (payload) => void heard.push(payload),
  });
  await vi.waitFor(() => expect(missed).toHaveBeenCalledOnce(), 5_000);
  proxy.silence();

  await vi.waitFor(() => expect(missed).toHaveBeenCalledTimes(2), 10_000);
  await db.pool.query("NOTIFY quayside_test, 'again'");
  await vi.waitFor(() => expect(heard).toEqual(["again"]), 2_000);
  await stop();
});
