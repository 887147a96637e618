import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "#server/db/client.ts";
import {
  handleOf,
  openRequest,
  queuedText,
  serviceOwner,
  startStoreBench,
  subscription,
  type StoreBench,
} from "#server/testing/broker.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";

let database: TestDatabase;
let owner: pg.Client;
let tenantId: string;
let store: StoreBench;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ({ tenantId } = await createTestTenant(database, { slug: "acme" }));
  store = await startStoreBench(database.ingest);
});
afterAll(async () => {
  await store.stop(1000);
  await owner.end();
  await database.drop();
});

async function connected() {
  const request = openRequest(tenantId, serviceOwner());
  return handleOf(request, await store.open(request));
}

describe("the session writer", () => {
  it("puts a thousand calls that come together into a few transactions", async () => {
    const newest = async () =>
      BigInt(
        (
          await owner.query("SELECT sequence FROM mqtt_store_batch WHERE worker_id = $1", [
            store.workerId,
          ])
        ).rows[0]?.sequence ?? 0,
      );
    await connected();
    const before = await newest();
    const handles = await Promise.all(Array.from({ length: 1000 }, connected));
    expect(new Set(handles.map(({ generation }) => generation)).size).toBe(1000);
    expect(Number((await newest()) - before)).toBeLessThan(10);
  });

  it("answers a transaction that is asked for again as before, and does not do it again", async () => {
    const worker = randomUUID();
    const open = {
      op: "open",
      key: `s:${worker}:c`,
      tenant: tenantId,
      client: "c",
      service: worker,
      clean: false,
      expiry: 60,
      remote: "",
    };
    const apply = async (sequence: number) =>
      (
        await database.ingest.pool.query<{ answer: unknown }>(
          "SELECT mqtt_apply($1, $2, $3) AS answer",
          [worker, sequence, JSON.stringify([open])],
        )
      ).rows;
    const first = await apply(5);
    expect(await apply(5)).toEqual(first);
    expect(first).toMatchObject([{ answer: { present: false } }]);
    expect(await apply(6)).toMatchObject([{ answer: { present: true } }]);
    await expect(apply(5)).rejects.toThrow("overtaken");
  });

  it("goes on when its connection is cut, and loses nothing that was asked meanwhile", async () => {
    const handle = await connected();
    await owner.query("BEGIN");
    await owner.query("SELECT 1 FROM mqtt_session WHERE id = $1 FOR UPDATE", [handle.id]);
    const asked = Array.from({ length: 5 }, (_, n) => store.enqueue(handle, [queuedText(`${n}`)]));
    await sleep(100);
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY (SELECT unnest(pg_blocking_pids(pid)) FROM pg_stat_activity) IS FALSE AND wait_event_type = 'Lock' AND datname = current_database()",
    );
    await owner.query("COMMIT");
    expect((await Promise.all(asked)).flat()).toEqual([1n, 2n, 3n, 4n, 5n]);
    const { queued } = await store.page(handle, 0n);
    expect(queued.map(({ publication }) => publication.payload.toString())).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
    ]);
  });

  it("refuses what can never be written, and only that", async () => {
    const nobody = openRequest(tenantId, { kind: "device", deviceKey: 999_999n });
    const [good, bad, alsoGood] = await Promise.allSettled([
      connected(),
      store.open(nobody),
      connected(),
    ]);
    expect([good.status, bad.status, alsoGood.status]).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });

  it("gives up opening a session when the database does not answer, and leaves none behind", async () => {
    const bench = await startStoreBench(database.ingest, { openTimeoutMs: 100 });
    const request = openRequest(tenantId, serviceOwner());
    await owner.query("BEGIN");
    await owner.query("LOCK TABLE mqtt_session IN EXCLUSIVE MODE");
    await expect(bench.open(request)).rejects.toThrow("did not open the session in time");
    await owner.query("COMMIT");
    await bench.stop(2000);
    const row = await owner.query(
      "SELECT worker_id FROM mqtt_session WHERE service_client_id = $1",
      [request.owner.kind === "service" ? request.owner.serviceClientId : ""],
    );
    expect(row.rows).toEqual([{ worker_id: null }]);
  });

  it("takes no more when too much waits, and what waits ends with the worker", async () => {
    const db = openDatabase({ url: database.ingestUrl, max: 4 });
    const bench = await startStoreBench(db, { maxWaiting: 1 });
    await owner.query("BEGIN");
    await owner.query("LOCK TABLE mqtt_session IN EXCLUSIVE MODE");
    const first = bench
      .open(openRequest(tenantId, serviceOwner()))
      .catch((error: Error) => error.message);
    await sleep(50);
    const second = bench
      .open(openRequest(tenantId, serviceOwner()))
      .catch((error: Error) => error.message);
    await expect(bench.open(openRequest(tenantId, serviceOwner()))).rejects.toThrow(
      "Too many sessions",
    );
    await bench.die();
    await owner.query("COMMIT");
    expect([await first, await second]).toEqual(
      Array(2).fill("The worker stops; sessions are not written any more."),
    );
    await db.close();
  });
});

describe("an operator", () => {
  const endAs = async (tenant: string, session: bigint | undefined): Promise<boolean> => {
    const client = await database.app.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT set_config('app.tenant', $1, true)", [tenant]);
      const { rows } = await client.query<{ ended: boolean }>(
        "SELECT mqtt_end_session($1) AS ended",
        [String(session)],
      );
      await client.query("COMMIT");
      return rows[0]?.ended === true;
    } finally {
      client.release();
    }
  };

  it("ends a session of the own tenant: its worker is told, routes and rows are gone", async () => {
    const handle = await connected();
    await store.subscribe(handle, [subscription("a")]);
    expect(await endAs(tenantId, handle.id)).toBe(true);
    for (let waited = 0; waited < 5000 && store.told.length === 0; waited += 10) await sleep(10);
    expect(store.told).toEqual([`ended ${handle.key}`]);
    await store.catchUp();
    expect(store.routes.has(handle.key)).toBe(false);
    expect(await store.release(handle, 1n)).toBe(false);
  });

  it("cannot end another tenant's", async () => {
    const other = await createTestTenant(database, { slug: "other" });
    const handle = await connected();
    expect(await endAs(other.tenantId, handle.id)).toBe(false);
    expect(await store.release(handle, 1n)).toBe(true);
  });
});
