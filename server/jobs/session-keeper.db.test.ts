import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { StoredWill } from "#server/broker/session-store.ts";
import { publishDueWills, startSessionKeeper, type DueWill } from "#server/jobs/session-keeper.ts";
import {
  handleOf,
  openRequest,
  serviceOwner,
  startStoreBench,
  subscription,
  type StoreBench,
} from "#server/testing/broker.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
let tenant: { readonly tenantId: string; readonly profileId: string };
let store: StoreBench;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  tenant = await createTestTenant(database, { slug: "acme" });
  store = await startStoreBench(database.ingest);
});
afterEach(async () => {
  await owner.query("DELETE FROM mqtt_session");
});
afterAll(async () => {
  await store.stop(1000);
  await owner.end();
  await database.drop();
});

const log = pino({ level: "silent" });
const will: StoredWill = {
  topic: "w",
  payload: Buffer.from("gone"),
  qos: 1,
  retain: true,
  forwarded: Buffer.from([1, 2, 3]),
  messageExpirySeconds: undefined,
  delaySeconds: 0,
};

async function leaveWithWill(expirySeconds: number, due = new Date(0)) {
  const device = await createIngestDevice(database, tenant, `d${Math.random()}`);
  const request = openRequest(
    tenant.tenantId,
    { kind: "device", deviceKey: device.deviceKey },
    { expirySeconds, will },
  );
  const handle = handleOf(request, await store.open(request));
  await store.close(handle, { expirySeconds, willDueAt: due });
  return { device, request, handle };
}

async function publishOnce(): Promise<DueWill[]> {
  const published: DueWill[] = [];
  await publishDueWills({
    db: database.ingest,
    log,
    publishWill: (due) => Promise.resolve(void published.push(due)),
  });
  return published;
}

it("[MQTT-3.1.2-8] [MQTT-3.1.2-10] a will that is due is published as its sender's, once; the session stays", async () => {
  const { device, request, handle } = await leaveWithWill(3600);
  expect(await publishOnce()).toEqual([
    {
      sessionKey: handle.key,
      tenantId: tenant.tenantId,
      clientId: "c",
      sender: { kind: "device", device, state: "active" },
      will,
    },
  ]);
  expect(await publishOnce()).toEqual([]);
  expect(await store.open({ ...request, will: undefined })).toMatchObject({
    present: true,
    orphanedWill: undefined,
  });
});

it("a will whose delay is not over waits", async () => {
  await leaveWithWill(3600, new Date(Date.now() + 60_000));
  expect(await publishOnce()).toEqual([]);
});

it("the will of a session that is over is published, and nothing is left", async () => {
  await leaveWithWill(0, new Date(Date.now() + 60_000));
  expect(await publishOnce()).toHaveLength(1);
  expect((await owner.query("SELECT 1 FROM mqtt_session")).rowCount).toBe(0);
});

it("of two workers one publishes; what fails is published half a minute later", async () => {
  const { handle } = await leaveWithWill(3600);
  let attempts = 0;
  const failing = {
    db: database.ingest,
    log,
    publishWill: () => {
      attempts += 1;
      return Promise.reject(new Error("no"));
    },
  };
  await Promise.all([publishDueWills(failing), publishDueWills(failing)]);
  expect(attempts).toBe(1);
  expect(await publishOnce()).toEqual([]);
  await owner.query("UPDATE mqtt_session SET will_lease_until = now() WHERE id = $1", [handle.id]);
  expect(await publishOnce()).toHaveLength(1);
});

it("a will that is published while its client returns does not take the new one with it", async () => {
  const { request, handle } = await leaveWithWill(3600);
  await publishDueWills({
    db: database.ingest,
    log,
    publishWill: async () => {
      expect((await store.open(request)).orphanedWill).toBeUndefined();
    },
  });
  const row = await owner.query("SELECT will_topic FROM mqtt_session WHERE id = $1", [handle.id]);
  expect(row.rows).toEqual([{ will_topic: "w" }]);
});

it("the keeper does all of this by itself, and ends sessions whose owner is gone", async () => {
  const { handle } = await leaveWithWill(3600);
  const orphan = openRequest(tenant.tenantId, serviceOwner(), { clientId: "orphan" });
  const held = handleOf(orphan, await store.open(orphan));
  await store.subscribe(held, [subscription("a")]);
  await owner.query("UPDATE mqtt_session SET expires_at = now() WHERE id = $1", [handle.id]);
  const published: string[] = [];
  const stop = startSessionKeeper({
    store,
    db: database.ingest,
    workerId: store.workerId,
    log,
    everyMs: 20,
    publishWill: (due) => Promise.resolve(void published.push(due.sessionKey)),
  });
  for (let waited = 0; waited < 5000; waited += 20) {
    await sleep(20);
    if (store.told.length > 0 && published.length > 0) break;
  }
  await stop();
  expect(published).toEqual([handle.key]);
  expect(store.told).toEqual([`ended ${held.key}`]);
  expect(store.routes.has(held.key)).toBe(false);
});

it("the keeper ends what a silent worker left only when it had time to hear of it", async () => {
  const silent = await startStoreBench(database.ingest);
  const { deviceKey } = await createIngestDevice(database, tenant, "silent");
  const request = openRequest(tenant.tenantId, { kind: "device", deviceKey });
  const handle = handleOf(request, await silent.open(request));
  await silent.die();
  const heldBy = async () => {
    const { rows } = await owner.query<{ worker_id: string | null }>(
      "SELECT worker_id FROM mqtt_session WHERE id = $1",
      [String(handle.id)],
    );
    return rows[0]?.worker_id;
  };
  const stop = startSessionKeeper({
    store,
    db: database.ingest,
    workerId: store.workerId,
    log,
    everyMs: 20,
    patienceMs: 500,
    publishWill: () => Promise.resolve(),
  });
  await sleep(250);
  expect(await heldBy()).toBe(silent.workerId);

  for (let waited = 0; waited < 5000 && (await heldBy()) !== null; waited += 20) await sleep(20);

  expect(await heldBy()).toBeNull();
  await stop();
});

it("the keeper stops also while the database does not answer", async () => {
  const stop = startSessionKeeper({
    store: { ...store, catchUp: () => new Promise(() => undefined) },
    db: database.ingest,
    workerId: store.workerId,
    log,
    everyMs: 20,
    publishWill: () => Promise.resolve(),
  });
  await sleep(100);
  const startedAt = performance.now();

  await stop();

  expect(performance.now() - startedAt).toBeLessThan(3000);
});
