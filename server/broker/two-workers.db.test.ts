import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { OpenRequest, StoredWill } from "#server/broker/session-store.ts";
import {
  enqueueAsBatch,
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
const benches: StoreBench[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ({ tenantId } = await createTestTenant(database, { slug: "acme" }));
});
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.stop(1000)));
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function worker(): Promise<StoreBench> {
  const bench = await startStoreBench(database.ingest);
  benches.push(bench);
  return bench;
}

async function connect(store: StoreBench, request: OpenRequest) {
  const opened = await store.open(request);
  return { opened, handle: handleOf(request, opened) };
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 5000 && !holds(); waited += 10) await sleep(10);
  expect(holds()).toBe(true);
}

const texts = (queued: readonly { readonly publication: { readonly payload: Buffer } }[]) =>
  queued.map(({ publication }) => publication.payload.toString());

const will: StoredWill = {
  topic: "w",
  payload: Buffer.from("gone"),
  qos: 1,
  retain: true,
  forwarded: Buffer.from([1, 2, 3]),
  messageExpirySeconds: 60,
  delaySeconds: 0,
};

const away = { expirySeconds: 3600, willDueAt: undefined };

describe("a take-over", () => {
  it("that is heard of before the own connection was answered ends that connection", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    await store.close(handle, away);
    const tell = (notice: object) =>
      owner.query("SELECT pg_notify('quayside_mqtt', $1)", [JSON.stringify(notice)]);
    const w = store.workerId;
    await tell({ k: "taken", w, key: handle.key, g: handle.generation + 1000, from: "late" });
    await tell({ k: "queue", w, s: ["1"] });
    await until(() => store.told.includes("queued 1"));

    await connect(store, request);

    await until(() => store.told.length > 1);
    expect(store.told).toEqual(["queued 1", `taken ${handle.key} late`]);
  });

  it("by another worker is told, and what the old connection still asks changes nothing", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner());
    const old = await connect(a, request);
    await a.subscribe(old.handle, [subscription("a")]);
    await a.enqueue(old.handle, [queuedText("kept")]);

    const { opened, handle } = await connect(b, { ...request, remote: "192.0.2.2" });

    expect(opened).toMatchObject({ present: true, subscriptions: [subscription("a")] });
    expect(opened.queued).toMatchObject([{ seq: 1n, state: "maybe-sent" }]);
    await until(() => a.told.length > 0);
    expect(a.told).toEqual([`taken ${handle.key} 192.0.2.2`]);
    expect(await a.subscribe(old.handle, [subscription("b")])).toBeUndefined();
    expect(await a.unsubscribe(old.handle, ["a"])).toBeUndefined();
    expect(await a.enqueue(old.handle, [queuedText("x")])).toEqual([undefined]);
    expect(await a.release(old.handle, 1n)).toBe(false);
    expect(await a.forgetInbound(old.handle, 1)).toBe(false);
    expect((await a.page(old.handle, 0n)).queued).toEqual([]);
    a.done(old.handle, [1n]);
    await a.close(old.handle, { expirySeconds: 0, willDueAt: undefined });
    const page = await b.page(handle, 0n);
    expect(texts(page.queued)).toEqual(["kept"]);
    expect(b.told).toEqual([]);
  });

  it("of a session that keeps nothing reaches the other worker as well", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner(), { expirySeconds: 0 });
    const { handle } = await connect(a, request);
    await connect(b, { ...request, remote: "192.0.2.3" });
    await until(() => a.told.length > 0);
    expect(a.told).toEqual([`taken ${handle.key} 192.0.2.3`]);
  });

  it("of a session without expiry does not resume it", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { expirySeconds: 0 });
    const { handle } = await connect(store, request);
    await store.subscribe(handle, [subscription("a")]);
    const { opened } = await connect(store, request);
    expect(opened).toMatchObject({ present: false, subscriptions: [], id: undefined });
    expect(store.told).toEqual([`taken ${handle.key} 192.0.2.1`]);
    expect(store.routes.has(handle.key)).toBe(false);
  });

  it("that was told while nobody listened is found when listening goes on", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner());
    const lost = await connect(a, request);
    const kept = await connect(a, openRequest(tenantId, serviceOwner()));
    const key = lost.handle.key;
    await owner.query(
      "UPDATE mqtt_session SET generation = nextval('mqtt_generation'), worker_id = $2 WHERE session_key = $1",
      [key, b.workerId],
    );
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()",
    );
    await until(() => a.told.length === 2);
    expect(a.told.sort()).toEqual([`queued ${kept.handle.id}`, `taken ${key} elsewhere`]);
  });
});

describe("two workers", () => {
  it("see each other's subscriptions once they catch up, and a batch knows when it must", async () => {
    const [a, b] = [await worker(), await worker()];
    await a.catchUp();
    await b.catchUp();
    const begin = (known: bigint) =>
      database.ingest.pool.query("SELECT mqtt_begin_batch($1, $2)", [b.workerId, known.toString()]);
    const { handle } = await connect(a, openRequest(tenantId, serviceOwner()));
    await begin(b.foreignVersion);

    await a.subscribe(handle, [subscription("a/#")]);

    await expect(begin(b.foreignVersion)).rejects.toMatchObject({ code: "QS002" });
    expect(b.routes.has(handle.key)).toBe(false);
    await b.catchUp();
    await begin(b.foreignVersion);
    expect(b.routes.get(handle.key)).toEqual(a.routes.get(handle.key));

    await a.close(handle, { expirySeconds: 0, willDueAt: undefined });
    await b.catchUp();
    expect(b.routes.has(handle.key)).toBe(false);
  });

  it("know of a session that went from one to the other and back", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner());
    const first = await connect(a, request);
    await a.subscribe(first.handle, [subscription("a")]);
    const second = await connect(b, { ...request, cleanStart: true });
    await b.subscribe(second.handle, [subscription("b")]);
    await a.catchUp();
    expect(a.routes.get(first.handle.key)).toEqual(b.routes.get(first.handle.key));
    const third = await connect(a, { ...request, cleanStart: true });
    await b.catchUp();
    expect(b.routes.has(third.handle.key)).toBe(false);
    expect(a.routes.has(third.handle.key)).toBe(false);
  });

  it("hand messages over: the one with the connection is told", async () => {
    const [a, b] = [await worker(), await worker()];
    const { handle } = await connect(b, openRequest(tenantId, serviceOwner()));
    await enqueueAsBatch(database, a, { tenantId, sessionId: handle.id! }, [
      queuedText("x", { qos: 0 }),
    ]);
    await until(() => b.told.length > 0);
    expect(b.told).toEqual([`queued ${handle.id}`]);
    expect(texts((await b.page(handle, 0n)).queued)).toEqual(["x"]);
  });

  it("of which one dies: its sessions are away, with their wills due; a new start reads all routes", async () => {
    const [a, b] = [await worker(), await worker()];
    const kept = await connect(a, openRequest(tenantId, serviceOwner(), { will }));
    const brief = await connect(a, openRequest(tenantId, serviceOwner(), { expirySeconds: 0 }));
    await a.subscribe(kept.handle, [subscription("kept")]);
    await a.subscribe(brief.handle, [subscription("brief")]);
    await b.sweep({ withLost: true, withQueues: true });
    await a.die();

    expect(await b.sweep({ withLost: true, withQueues: true })).toMatchObject({ lost: 2 });
    await b.catchUp();

    expect(b.routes.get(kept.handle.key)?.session.workerId).toBeUndefined();
    expect(b.routes.has(brief.handle.key)).toBe(false);
    const row = await owner.query(
      "SELECT will_due_at <= now() AS due, expires_at > now() AS kept FROM mqtt_session WHERE id = $1",
      [kept.handle.id],
    );
    expect(row.rows).toEqual([{ due: true, kept: true }]);
    const c = await worker();
    expect(c.routes.get(kept.handle.key)).toEqual(b.routes.get(kept.handle.key));
    expect((await connect(c, openRequest(tenantId, kept.handle.owner))).opened).toMatchObject({
      present: true,
      orphanedWill: will,
    });
  });
});

describe("a will at the next connection", () => {
  const delayed: StoredWill = { ...will, delaySeconds: 600 };

  it.each([
    ["is dropped when the session goes on before its delay is over", false, undefined],
    ["is due when clean start ends the session", true, delayed],
  ] as const)("%s", async (_, cleanStart, expected) => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { will: delayed });
    const { handle } = await connect(store, request);
    await store.close(handle, { ...away, willDueAt: new Date(Date.now() + 600_000) });
    const { opened } = await connect(store, { ...request, cleanStart, will: undefined });
    expect(opened.orphanedWill).toEqual(expected);
  });

  it("is due when its worker died", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner(), { will });
    await connect(a, request);
    await a.die();
    expect((await connect(b, request)).opened).toMatchObject({ present: true, orphanedWill: will });
  });

  it("is not for the old worker to publish as well, should that only have been asleep", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner(), { will });
    const { handle } = await connect(a, request);
    await owner.query(
      "UPDATE worker_instance SET heartbeat_at = now() - interval '1 minute' WHERE id = $1",
      [a.workerId],
    );
    expect((await connect(b, request)).opened).toMatchObject({ orphanedWill: will });
    await until(() => a.told.length > 0);
    expect(a.told).toEqual([`taken ${handle.key} `]);
  });

  it("is left to a live connection that is taken over", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner(), { will });
    await connect(a, request);
    expect((await connect(b, request)).opened.orphanedWill).toBeUndefined();
  });
});
