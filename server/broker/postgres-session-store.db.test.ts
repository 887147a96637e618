import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { neverExpires, type OpenRequest } from "#server/broker/session-store.ts";
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
import { mqttSweepIsDue } from "#server/db/mqtt-sweep-is-due.ts";
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

const texts = (queued: readonly { readonly publication: { readonly payload: Buffer } }[]) =>
  queued.map(({ publication }) => publication.payload.toString());

const away = { expirySeconds: 3600, willDueAt: undefined };

describe("a session", () => {
  it("is there again after its worker stopped and another one started, with all it held", async () => {
    const first = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { opened, handle } = await connect(first, request);
    expect(opened).toMatchObject({ present: false, subscriptions: [], queued: [], inbound: [] });
    const wanted = subscription("a/+/€", { qos: 2, identifier: 268_435_455, noLocal: true });
    expect(await first.subscribe(handle, [wanted])).toEqual({ isNew: [true] });
    await database.ingest.pool.query("SELECT * FROM mqtt_claim_inbound($1)", [
      JSON.stringify([{ session: String(handle.id), generation: handle.generation, packet: 7 }]),
    ]);
    await first.close(handle, away);
    await enqueueAsBatch(database, first, { tenantId, sessionId: handle.id! }, [
      queuedText("one", { qos: 2, identifiers: [5, 6], retain: true }),
      queuedText("two"),
    ]);
    await first.stop(1000);
    benches.pop();

    const second = await worker();
    const again = await connect(second, request);

    expect(again.opened).toMatchObject({
      present: true,
      id: handle.id,
      subscriptions: [wanted],
      inbound: [7],
      more: false,
      queued: [
        { seq: 1n, qos: 2, retain: true, identifiers: [5, 6], state: "waiting" },
        { seq: 2n, qos: 1, state: "waiting" },
      ],
    });
    expect(again.opened.queued[0]?.publication).toEqual(queuedText("one", { qos: 2 }).publication);
    expect(again.opened.generation).toBeGreaterThan(opened.generation);
  });

  it("begins anew with clean start: no subscription, no message, another row", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    await store.subscribe(handle, [subscription("a")]);
    await store.enqueue(handle, [queuedText("old")]);
    await store.close(handle, away);

    const { opened } = await connect(store, { ...request, cleanStart: true });

    expect(opened).toMatchObject({ present: false, subscriptions: [], queued: [] });
    expect(opened.id).not.toBe(handle.id);
    expect(store.routes.has(handle.key)).toBe(false);
  });

  it("without expiry, will and subscription leaves no row; its first subscription makes one", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { expirySeconds: 0 });
    const { opened, handle } = await connect(store, request);
    expect(opened.id).toBeUndefined();

    await store.subscribe(handle, [subscription("a")]);

    expect(handle.id).toBeDefined();
    expect(store.routes.get(handle.key)?.session).toEqual({
      key: handle.key,
      tenantId,
      id: handle.id,
      keepsMessages: false,
      workerId: store.workerId,
    });
    await store.close(handle, { expirySeconds: 0, willDueAt: undefined });
    expect(store.routes.has(handle.key)).toBe(false);
    expect((await connect(store, request)).opened.present).toBe(false);
  });

  it("that is closed while its first subscription is on its way leaves nothing", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { expirySeconds: 0 });
    const { handle } = await connect(store, request);
    const subscribing = store.subscribe(handle, [subscription("a")]);
    const closing = store.close(handle, { expirySeconds: 0, willDueAt: undefined });
    await Promise.all([subscribing, closing]);
    const rows = await owner.query("SELECT 1 FROM mqtt_session WHERE session_key = $1", [
      handle.key,
    ]);
    expect(rows.rowCount).toBe(0);
  });

  it("is over when its time is, and stays for ever when it never expires", async () => {
    const store = await worker();
    const short = openRequest(tenantId, serviceOwner());
    const long = openRequest(tenantId, serviceOwner(), { expirySeconds: neverExpires });
    const a = await connect(store, short);
    const b = await connect(store, long);
    await store.subscribe(a.handle, [subscription("a")]);
    await store.close(a.handle, { expirySeconds: 1, willDueAt: undefined });
    await store.close(b.handle, { expirySeconds: neverExpires, willDueAt: undefined });
    await owner.query("UPDATE mqtt_session SET expires_at = now() WHERE session_key = $1", [
      a.handle.key,
    ]);

    expect(await store.sweep({ withLost: true, withQueues: true })).toMatchObject({ expired: 1 });

    expect(store.routes.has(a.handle.key)).toBe(false);
    expect((await connect(store, short)).opened.present).toBe(false);
    expect((await connect(store, long)).opened.present).toBe(true);
  });

  it("that expired is not resumed although nobody swept it yet", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    await store.close(handle, away);
    await owner.query("UPDATE mqtt_session SET expires_at = now() WHERE session_key = $1", [
      handle.key,
    ]);
    expect((await connect(store, request)).opened.present).toBe(false);
  });

  it("tells which filters are new, and which were there when they are removed", async () => {
    const store = await worker();
    const { handle } = await connect(store, openRequest(tenantId, serviceOwner()));
    const long = `qs/${"x".repeat(60_000)}`;
    await store.subscribe(handle, [subscription("a"), subscription(long)]);
    expect(
      await store.subscribe(handle, [subscription("a", { qos: 2 }), subscription("b")]),
    ).toEqual({ isNew: [false, true] });
    expect(await store.unsubscribe(handle, ["a", "none", long])).toEqual([true, false, true]);
    expect(store.routes.get(handle.key)?.subscriptions).toEqual([subscription("b")]);
  });
});

describe("the queue of a session", () => {
  it("is read in pages in its order, and what is done is gone", async () => {
    const bench = await startStoreBench(database.ingest, { pageMessages: 40 });
    benches.push(bench);
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(bench, request);
    const all = Array.from({ length: 100 }, (_, index) => `m${index}`);
    const seqs = await bench.enqueue(
      handle,
      all.map((text) => queuedText(text)),
    );
    expect(seqs).toEqual(all.map((_, index) => BigInt(index + 1)));

    const first = await bench.page(handle, 0n);
    const second = await bench.page(handle, 40n);
    const third = await bench.page(handle, 80n);

    expect(texts([...first.queued, ...second.queued, ...third.queued])).toEqual(all);
    expect([first.more, second.more, third.more]).toEqual([true, true, false]);
    bench.done(handle, [1n, 3n]);
    bench.done(handle, [2n, 2n, 999n]);
    await bench.close(handle, away);
    const { opened } = await connect(bench, request);
    expect(opened.queued).toHaveLength(32);
    expect(opened.more).toBe(true);
    expect(opened.queued[0]?.seq).toBe(4n);
    const counts = await owner.query(
      "SELECT queued_count AS n, queued_bytes::integer AS bytes FROM mqtt_session WHERE id = $1",
      [handle.id],
    );
    expect(counts.rows).toEqual([{ n: 97, bytes: 97 + 7 * 2 + 90 * 3 }]);
  });

  it("remembers what was sent before, and what only PUBREL is due for", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    await store.enqueue(
      handle,
      ["a", "b", "c"].map((text) => queuedText(text, { qos: 2 })),
    );
    expect(await store.release(handle, 1n)).toBe(true);
    await store.close(handle, { ...away, sentThrough: 2n });
    await enqueueAsBatch(database, store, { tenantId, sessionId: handle.id! }, [queuedText("d")]);

    const { opened } = await connect(store, request);

    expect(opened.queued.map(({ state }) => state)).toEqual([
      "released",
      "maybe-sent",
      "waiting",
      "waiting",
    ]);
  });

  it("tells how far it had come, also when it is empty", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle, opened } = await connect(store, request);
    expect(opened.lastSeq).toBe(0n);
    const to = { tenantId, sessionId: handle.id! };
    await enqueueAsBatch(database, store, to, [queuedText("1"), queuedText("2")]);
    store.done(handle, [1n, 2n]);
    await store.close(handle, away);

    expect((await connect(store, request)).opened).toMatchObject({ queued: [], lastSeq: 2n });
  });

  it("turns the newest away when it is full, and counts them", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { maxQueuedMessages: 2 });
    const { handle } = await connect(store, request);
    await store.close(handle, away);
    const to = { tenantId, sessionId: handle.id! };
    expect(
      await enqueueAsBatch(database, store, to, [
        queuedText("1"),
        queuedText("2"),
        queuedText("3"),
      ]),
    ).toEqual([1n, 2n, undefined]);
    expect(await enqueueAsBatch(database, store, to, [queuedText("4")])).toEqual([undefined]);
    const counts = await owner.query<{ n: number }>(
      "SELECT dropped_count::integer AS n FROM mqtt_session WHERE id = $1",
      [handle.id],
    );
    expect(counts.rows).toEqual([{ n: 2 }]);
  });

  it("has a limit of bytes as well", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { maxQueuedBytes: 10 });
    const { handle } = await connect(store, request);
    expect(await store.enqueue(handle, [queuedText("12345"), queuedText("123456")])).toEqual([
      1n,
      undefined,
    ]);
  });

  it("keeps QoS 0 for a connected client only, and not for its next connection", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    const to = { tenantId, sessionId: handle.id! };
    expect(await enqueueAsBatch(database, store, to, [queuedText("x", { qos: 0 })])).toEqual([1n]);
    await store.close(handle, away);
    expect(await enqueueAsBatch(database, store, to, [queuedText("y", { qos: 0 })])).toEqual([
      undefined,
    ]);
    expect((await connect(store, request)).opened.queued).toEqual([]);
  });

  it("takes nothing of another tenant, whatever the batch says", async () => {
    const store = await worker();
    const other = await createTestTenant(database, { slug: "other" });
    const { handle } = await connect(store, openRequest(tenantId, serviceOwner()));
    const to = { tenantId: other.tenantId, sessionId: handle.id! };
    expect(await enqueueAsBatch(database, store, to, [queuedText("x")])).toEqual([undefined]);
  });

  it("loses what expired while the client is away, but not QoS 2 that it may know", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    const expiresAt = Date.now() - 1;
    await store.enqueue(handle, [queuedText("sent", { qos: 2, expiresAt })]);
    await store.close(handle, { ...away, sentThrough: 1n });
    await enqueueAsBatch(database, store, { tenantId, sessionId: handle.id! }, [
      queuedText("late", { qos: 2, expiresAt }),
      queuedText("good", { expiresAt: Date.now() + 60_000 }),
    ]);
    expect(await store.sweep({ withLost: true, withQueues: false })).toMatchObject({ queues: 0 });
    const due = { workerId: store.workerId, withLost: false };
    expect(await mqttSweepIsDue(database.ingest, { ...due, withQueues: false })).toBe(false);
    expect(await mqttSweepIsDue(database.ingest, { ...due, withQueues: true })).toBe(true);
    await store.sweep({ withLost: true, withQueues: true });
    expect(texts((await connect(store, request)).opened.queued)).toEqual(["sent", "good"]);
  });
});

describe("what an earlier connection sent", () => {
  it("stays marked when a connection ends before it got there", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const first = await connect(store, request);
    await store.enqueue(
      first.handle,
      ["1", "2", "3", "4"].map((text) => queuedText(text)),
    );
    await store.close(first.handle, { ...away, sentThrough: 3n });
    const second = await connect(store, request);
    await store.close(second.handle, { ...away, sentThrough: 1n });

    const { opened } = await connect(store, request);

    expect(opened.queued.map(({ state }) => state)).toEqual([
      "maybe-sent",
      "maybe-sent",
      "maybe-sent",
      "waiting",
    ]);
  });
});

describe("QoS 0 that was handed over", () => {
  it("takes no room of what is kept once its client is away", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner(), { maxQueuedMessages: 1 });
    const { handle } = await connect(store, request);
    await enqueueAsBatch(database, store, { tenantId, sessionId: handle.id! }, [
      queuedText("fleeting", { qos: 0 }),
    ]);
    await store.close(handle, away);

    const seqs = await enqueueAsBatch(database, store, { tenantId, sessionId: handle.id! }, [
      queuedText("kept"),
    ]);

    expect(seqs).toEqual([2n]);
  });
});

describe("what expired", () => {
  it("in the queue of a client that is connected keeps no sweep from the queues of others", async () => {
    const store = await worker();
    const expiresAt = Date.now() - 2000;
    const stuck = await connect(store, openRequest(tenantId, serviceOwner()));
    const many = Array.from({ length: 600 }, (_, n) => queuedText(`${n}`, { expiresAt }));
    await store.enqueue(stuck.handle, many);
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    await store.enqueue(handle, [queuedText("old", { expiresAt: expiresAt + 1000 })]);
    await store.close(handle, away);

    await store.sweep({ withLost: true, withQueues: true });

    const kept = await owner.query("SELECT FROM mqtt_queued_message WHERE session_id = $1", [
      String(handle.id),
    ]);
    expect(kept.rowCount).toBe(0);
  });
});

describe("a connection that lost its session", () => {
  it("is told when the newer one gave up before it was opened", async () => {
    const store = await startStoreBench(database.ingest, { openTimeoutMs: 200 });
    benches.push(store);
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    await owner.query("BEGIN");
    await owner.query("SELECT FROM mqtt_session WHERE id = $1 FOR UPDATE", [String(handle.id)]);
    await expect(store.open({ ...request, remote: "192.0.2.2" })).rejects.toThrow("in time");
    expect(store.told).toEqual([]);

    await owner.query("ROLLBACK");
    await store.catchUp();

    expect(store.told).toEqual([`taken ${handle.key} 192.0.2.2`]);
  });

  it("learns that its subscription was not kept", async () => {
    const [a, b] = [await worker(), await worker()];
    const request = openRequest(tenantId, serviceOwner());
    const old = await connect(a, request);
    await connect(b, request);

    expect(await a.subscribe(old.handle, [subscription("a")])).toBeUndefined();
  });
});

describe("packet identifiers of QoS 2 publications", () => {
  it("are claimed once, until PUBREL frees them", async () => {
    const store = await worker();
    const request = openRequest(tenantId, serviceOwner());
    const { handle } = await connect(store, request);
    const claim = async (packets: readonly number[]) => {
      const { id, generation } = handle;
      const pairs = packets.map((packet) => ({ session: String(id), generation, packet }));
      const { rows } = await database.ingest.pool.query<{ packet: number }>(
        "SELECT packet FROM mqtt_claim_inbound($1::json) ORDER BY packet",
        [JSON.stringify(pairs)],
      );
      return rows.map(({ packet }) => packet);
    };
    expect(await claim([1, 2, 2])).toEqual([1, 2]);
    expect(await claim([2, 3])).toEqual([3]);
    expect(await store.forgetInbound(handle, 2)).toBe(true);
    expect(await claim([1, 2])).toEqual([2]);
    await store.close(handle, away);
    expect((await connect(store, request)).opened.inbound).toEqual([1, 2, 3]);
  });
});
