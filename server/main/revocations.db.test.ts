import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { beatWorker, removeWorker } from "#server/db/beat-worker.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { listenControl } from "#server/db/listen-control.ts";
import { defaultBounds, defaultLimits } from "#server/gateway/mqtt/limits.ts";
import { startMqttListeners } from "#server/gateway/mqtt/listener.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import { startIngest } from "#server/ingest/start.ts";
import { createLiveBus } from "#server/live/bus.ts";
import { startRevocations } from "#server/main/follow-revocations.ts";
import { startBroker } from "#server/main/start-broker.ts";
import { createFollowers, isFollowed } from "#server/main/worker-parts.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import { releaseCertificate } from "#server/services/certificate/release.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { suspendCertificate } from "#server/services/certificate/suspend.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createTestDesk } from "#server/testing/enrolment-desk.ts";
import { RawClient, serverTls } from "#server/testing/test-listeners.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const clock = (): number => performance.timeOrigin + performance.now();
/** Reason codes of MQTT 5 §2.4. */
const administrativeAction = 0x98;
const notAuthorized = 0x87;

let database: TestDatabase;
let db: Database;
let owner: pg.Client;
let signer: TestSigner;
let admin: Context;
let tls: ListenerTls;

beforeAll(async () => {
  database = await cloneDatabase();
  db = openDatabase({ url: database.ingestUrl, max: 32 });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  signer = await createTestSigner();
  tls = await serverTls(signer);
  const tenant = await createTestTenant(database, { slug: "plant", operator: true });
  admin = tenant.ctx("admin", { signer: signer.signer });
});
afterAll(async () => {
  signer.remove();
  await owner.end();
  await db.close();
  await database.drop();
});

/** A worker's listeners that follow revocations, told of them or not. */
async function startWorker({ isTold }: { readonly isTold: boolean }) {
  const workerId = randomUUID();
  const log = pino({ level: "silent" });
  const startedAt = new Date();
  await beatWorker(db, { id: workerId, host: "h", pid: 1, busPath: "", startedAt });
  const broker = await startBroker({ db, workerId, log, clock, queueFull: () => undefined });
  const live = createLiveBus(clock);
  const metrics = createMetrics({ worker: workerId });
  const running = startIngest({ db, live, log, workerId, metrics, clock, fanout: broker.routes });
  const listeners = await startMqttListeners({
    ...broker,
    routed: () => broker.routes.stats(),
    ingest: running.ingest,
    db,
    live,
    log,
    workerId,
    clock,
    bounds: { ...defaultBounds, drainMs: 300 },
    limitsOf: () => defaultLimits,
    tls,
    enrolment: createTestDesk().desk,
    ports: { mqtt: 0, mqtts: 0, ws: 0, wss: 0 },
    host: "127.0.0.1",
    plainPublic: false,
    version: "test",
  });
  const followers = createFollowers();
  const stopFollowing = await startRevocations({ db, log, workerId, clock, followers }, listeners);
  const deaf = async () => undefined;
  const stopListening = isTold
    ? listenControl(db, {
        event: (event) => {
          if (isFollowed(event)) followers.get(event.kind)?.(event);
          else if (event.kind === "device") listeners.deviceChanged(BigInt(event.deviceKey));
        },
        missed: () => undefined,
      })
    : deaf;
  return {
    workerId,
    port: listeners.ports.mqtts,
    stop: async () => {
      await stopListening();
      await stopFollowing();
      await listeners.stop();
      await running.stop(1_000);
      await broker.store.stop(1_000);
      live.stop();
      await removeWorker(db, workerId);
    },
  };
}

type Worker = Awaited<ReturnType<typeof startWorker>>;
type Held = { readonly deviceId: string; readonly key: string; readonly cert: string };

async function equipped(name: string) {
  const { deviceId } = await createDevice(admin, { name });
  return { deviceId, ...(await certificateFor(deviceId)) };
}

async function certificateFor(deviceId: string) {
  const issued = await issueWithKey(admin, { deviceId });
  const { certificateId, privateKeyPem: key, certificatePem, chainPem } = issued;
  return { certificateId, key, cert: certificatePem + chainPem };
}

/** Connects over TLS with the certificate; the answer to CONNECT is left to the caller. */
async function dial(worker: Worker, held: Held, clientId = held.deviceId): Promise<RawClient> {
  const socket = connect({
    host: "127.0.0.1",
    port: worker.port,
    ca: tls.ca,
    key: held.key,
    cert: held.cert,
  });
  await once(socket, "secureConnect");
  const client = new RawClient(socket, 5);
  client.send({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clean: false,
    clientId,
    keepalive: 60,
    properties: { sessionExpiryInterval: 3_600 },
  });
  return client;
}

async function join(worker: Worker, held: Held, clientId?: string): Promise<RawClient> {
  const client = await dial(worker, held, clientId);
  expect(await client.next()).toMatchObject({ cmd: "connack", reasonCode: 0 });
  return client;
}

async function proofOf(revocationId: string) {
  return revocationProof(admin, { revocationId });
}

describe("a revoked certificate", () => {
  test.each([
    ["told", true],
    ["not told, the notification was lost", false],
  ])("is cut within 5 s on both workers: %s", async (_, isTold) => {
    const [here, there] = [await startWorker({ isTold }), await startWorker({ isTold })];
    const held = await equipped("Pump");
    const one = await join(here, held);
    const two = await join(there, held, `${held.deviceId}.2`);
    const before = performance.now();

    const { revocationId } = await revokeCertificate(admin, { certificateId: held.certificateId });

    expect(await one.ending()).toBe(administrativeAction);
    expect(await two.ending()).toBe(administrativeAction);
    expect(performance.now() - before).toBeLessThan(isTold ? 2_000 : 5_000);
    expect(await (await dial(here, held)).ending()).toBe(notAuthorized);
    expect(await (await dial(there, held)).ending()).toBe(notAuthorized);
    await vi.waitFor(
      async () => {
        expect(await proofOf(revocationId)).toMatchObject({
          cut: { sessions: 2 },
          attempts: 2,
          lastAttempt: { remote: "127.0.0.1" },
          workersMissing: 0,
          session: { connected: false },
          verdict: { kind: "dead", missing: [] },
        });
      },
      { timeout: 5_000, interval: 50 },
    );
    const { checks } = await proofOf(revocationId);
    expect(new Map(checks.map(({ workerId, sessions }) => [workerId, sessions]))).toEqual(
      new Map([
        [here.workerId, 1],
        [there.workerId, 1],
      ]),
    );
    await Promise.all([here.stop(), there.stop()]);
  });

  test("gets nothing of its kept queue, which goes to the certificate that follows", async () => {
    const worker = await startWorker({ isTold: true });
    const held = await equipped("Valve");
    const topic = `qs/v1/d/${held.deviceId}/dn/cmd`;
    const client = await join(worker, held);
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 1 }] });
    expect(await client.next()).toMatchObject({ cmd: "suback" });
    client.end();
    await client.untilClosed();
    await revokeCertificate(admin, { certificateId: held.certificateId });
    await queueFor(held.deviceId, topic);

    const refused = await dial(worker, held);
    expect(await refused.ending()).toBe(notAuthorized);
    expect(await refused.next()).toBe("closed");

    const follower = { ...held, ...(await certificateFor(held.deviceId)) };
    const again = await dial(worker, follower);
    expect(await again.next()).toMatchObject({ cmd: "connack", sessionPresent: true });
    expect(await again.next()).toMatchObject({ cmd: "publish", topic });
    again.end();
    await worker.stop();
  });

  test("is checked by the worker that starts after another was killed before the cut", async () => {
    const killed = randomUUID();
    const startedAt = new Date(Date.now() - 60_000);
    await beatWorker(db, { id: killed, host: "h", pid: 1, busPath: "", startedAt });
    const held = await equipped("Fan");
    const { revocationId } = await revokeCertificate(admin, { certificateId: held.certificateId });
    expect((await proofOf(revocationId)).verdict).toEqual({
      kind: "pending",
      missing: ["workers"],
    });
    await removeWorker(db, killed);

    const restarted = await startWorker({ isTold: false });

    await vi.waitFor(async () => {
      expect(await proofOf(revocationId)).toMatchObject({
        checks: [{ workerId: restarted.workerId, sessions: 0 }],
        verdict: { kind: "dead" },
      });
    });
    expect(await (await dial(restarted, held)).ending()).toBe(notAuthorized);
    await restarted.stop();
  });
});

test("a certificate on hold is cut, and lets the device in again once it is released", async () => {
  const worker = await startWorker({ isTold: true });
  const held = await equipped("Gate");
  const client = await join(worker, held);
  const { certificateId } = held;

  await suspendCertificate(admin, { certificateId, reason: "Looked at" });

  expect(await client.ending()).toBe(administrativeAction);
  const refused = await dial(worker, held);
  expect(await refused.ending()).toBe(notAuthorized);
  await releaseCertificate(admin, { certificateId });
  await vi.waitFor(
    async () => {
      const again = await dial(worker, held);
      expect(await again.next()).toMatchObject({ cmd: "connack", reasonCode: 0 });
      again.end();
    },
    { timeout: 5_000, interval: 50 },
  );
  await worker.stop();
});

/** As a batch queues a message for the device's session while it is away. */
async function queueFor(deviceId: string, topic: string): Promise<void> {
  const { rows } = await owner.query<{ id: string; tenant: string }>(
    `SELECT s.id, s.tenant_id AS tenant FROM mqtt_session s WHERE s.client_id = $1`,
    [deviceId],
  );
  const [session] = rows;
  if (session === undefined) throw new Error("There is no session.");
  const publications = [
    {
      tenant: session.tenant,
      topic,
      payload: Buffer.from("{}").toString("base64"),
      forwarded: "",
      received_at: Date.now(),
      expires_at: null,
    },
  ];
  const targets = [{ session: session.id, publication: 0, qos: 1, retain: false, identifiers: [] }];
  await db.pool.query("SELECT * FROM mqtt_enqueue($1::uuid, $2::json, $3::json)", [
    randomUUID(),
    JSON.stringify(publications),
    JSON.stringify(targets),
  ]);
}
