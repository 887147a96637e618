import { randomUUID } from "node:crypto";
import pg from "pg";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createPostgresSessionStore,
  type PostgresSessionStore,
} from "#server/broker/postgres-session-store.ts";
import { createRoutes, type Routes } from "#server/broker/routes.ts";
import type { SessionHandle } from "#server/broker/session-store.ts";
import { beatWorker, removeWorker } from "#server/db/beat-worker.ts";
import { openDatabase } from "#server/db/client.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { handleOf, openRequest, serviceOwner, subscription } from "#server/testing/broker.ts";
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

/** Sessions, routes and pipeline of a worker, as the product composes them. */
type Worker = {
  readonly store: PostgresSessionStore;
  readonly routes: Routes;
  readonly bench: IngestBench;
  /** Rows of sessions that another worker queued for. */
  readonly heard: Set<bigint>;
  stop(): Promise<void>;
};

async function startWorker(): Promise<Worker> {
  const workerId = randomUUID();
  const db = openDatabase({ url: database.ingestUrl, max: 8 });
  const log = pino({ level: "silent" });
  const heard = new Set<bigint>();
  await beatWorker(db, { id: workerId, host: "h", pid: 1, busPath: "", startedAt: new Date() });
  const routes: Routes = createRoutes({
    workerId,
    log,
    local: { deliver: () => undefined, wake: () => undefined },
    sync: {
      get foreignVersion() {
        return store.foreignVersion;
      },
      catchUp: () => store.catchUp(),
    },
  });
  const store: PostgresSessionStore = createPostgresSessionStore({
    db,
    workerId,
    log,
    clock: Date.now,
    events: {
      takenOver: () => undefined,
      queued: (id) => void heard.add(id),
      ended: () => undefined,
    },
    onRoutes: (changes) => routes.apply(changes),
  });
  await store.start();
  const bench = startIngestBench(db, { workerId, fanout: routes });
  return {
    store,
    routes,
    bench,
    heard,
    stop: async () => {
      await bench.stop(5000);
      await store.stop(1000);
      await removeWorker(db, workerId);
      await db.close();
    },
  };
}

let tenantId: string;
let device: DeviceIdentity;
let a: Worker;
let b: Worker;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  tenantId = tenant.tenantId;
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
  [a, b] = await Promise.all([startWorker(), startWorker()]);
});
afterEach(() => Promise.all([a.stop(), b.stop()]));

async function subscribeAt(worker: Worker, filter = "#"): Promise<SessionHandle> {
  const request = openRequest(tenantId, serviceOwner());
  const handle = handleOf(request, await worker.store.open(request));
  await worker.store.subscribe(handle, [subscription(filter)]);
  return handle;
}

async function queueOf({ id }: SessionHandle): Promise<string[]> {
  const { rows } = await owner.query<{ text: string }>(
    "SELECT convert_from(payload, 'UTF8') AS text FROM mqtt_queued_message WHERE session_id = $1 ORDER BY seq",
    [id?.toString()],
  );
  return rows.map(({ text }) => text);
}

const reading = (name: string): string => `{"id":"${name}","ts":${Date.now()},"values":{"a":1}}`;

describe("two workers", () => {
  it("what one publishes after the other's SUBACK is queued for the new subscriber, who is told", async () => {
    await a.bench.send(device, [reading("before")]);
    const handle = await subscribeAt(b);

    const after = reading("after");
    await a.bench.send(device, [after]);

    expect(await queueOf(handle)).toEqual([after]);
    await expect.poll(() => [...b.heard]).toEqual([handle.id]);
  });

  it("lose nothing for anybody while both publish and subscribers come on both", async () => {
    const handles: SessionHandle[] = [];
    const expected: string[][] = [];
    for (let round = 0; round < 25; round += 1) {
      // Messages that are under way while the subscription is made may or may not be for it.
      const meanwhile = [a, b].flatMap(({ bench }, index) => [
        bench.send(device, [reading(`early-${round}-${index}`)]),
      ]);
      handles.push(await subscribeAt(round % 2 === 0 ? b : a));
      expected.push([]);
      await Promise.all(meanwhile);
      const texts = [reading(`a-${round}`), reading(`b-${round}`)];
      await Promise.all([
        a.bench.send(device, texts.slice(0, 1)),
        b.bench.send(device, texts.slice(1)),
      ]);
      for (const list of expected) list.push(...texts);
    }

    for (const [index, handle] of handles.entries()) {
      const queued = await queueOf(handle);
      expect(new Set(queued).size).toBe(queued.length);
      expect(queued).toEqual(expect.arrayContaining(expected[index]!));
    }
  });
});
