import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { IConnectPacket } from "mqtt-packet";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beatWorker } from "#server/db/beat-worker.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { defaultBounds, defaultLimits } from "#server/gateway/mqtt/limits.ts";
import { startMqttListeners } from "#server/gateway/mqtt/listener.ts";
import { createTestDesk } from "#server/testing/enrolment-desk.ts";
import { startIngest } from "#server/ingest/start.ts";
import { createLiveBus } from "#server/live/bus.ts";
import { startBroker } from "#server/main/start-broker.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";
import { RawClient, serverTls } from "#server/testing/test-listeners.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const clock = (): number => performance.timeOrigin + performance.now();
const password = "secret-of-the-dashboard";
let database: TestDatabase;
let db: Database;
let owner: pg.Client;
let signer: TestSigner;
let username: string;
let device: string;
const token = randomUUID();

beforeAll(async () => {
  database = await cloneDatabase();
  db = openDatabase({ url: database.ingestUrl, max: 32 });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  signer = await createTestSigner();
  const tenant = await createTestTenant(database, { slug: "plant", operator: true });
  device = (await createIngestDevice(database, tenant, "pump-17")).id;
  const hash = (text: string) => createHash("sha256").update(text).digest();
  await owner.query(
    `INSERT INTO device_credential (tenant_id, device_id, kind, secret_hash, created_by)
     VALUES ($1, $2, 'token', $3, 't')`,
    [tenant.tenantId, device, hash(token)],
  );
  username = "dashboard@plant";
  const client = randomUUID();
  await owner.query(
    `INSERT INTO service_client (tenant_id, id, name, username, created_by)
     VALUES ($1, $2, 'dashboard', $3, 't')`,
    [tenant.tenantId, client, username],
  );
  await owner.query(
    `INSERT INTO service_client_password (tenant_id, service_client_id, secret_hash, created_by)
     VALUES ($1, $2, $3, 't')`,
    [tenant.tenantId, client, hash(password)],
  );
  await owner.query(
    `INSERT INTO service_client_grant (tenant_id, service_client_id, filter, may_subscribe, may_publish)
     VALUES ($1, $2, '#', true, true)`,
    [tenant.tenantId, client],
  );
});
afterAll(async () => {
  signer.remove();
  await owner.end();
  await db.close();
  await database.drop();
});

/** A worker's message path: sessions, routes, pipeline, listeners. */
async function startWorker() {
  const workerId = randomUUID();
  const log = pino({ level: "silent" });
  await beatWorker(db, { id: workerId, host: "h", pid: 1, busPath: "", startedAt: new Date() });
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
    bounds: { ...defaultBounds, drainMs: 500 },
    limitsOf: () => defaultLimits,
    tls: await serverTls(signer),
    enrolment: createTestDesk().desk,
    ports: { mqtt: 0, mqtts: 0, ws: 0, wss: 0 },
    host: "127.0.0.1",
    plainPublic: false,
    version: "test",
  });
  return {
    port: listeners.ports.mqtt,
    stop: async () => {
      await listeners.stop();
      await running.stop(2_000);
      await broker.store.stop(2_000);
      live.stop();
    },
  };
}

type Worker = Awaited<ReturnType<typeof startWorker>>;

async function join(
  worker: Worker,
  as: "device" | "dashboard",
  more: Partial<IConnectPacket> = {},
): Promise<{ readonly client: RawClient; readonly present: boolean }> {
  const socket = connect(worker.port, "127.0.0.1");
  await once(socket, "connect");
  const client = new RawClient(socket, 5);
  client.send({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clean: true,
    clientId: as === "device" ? "pump-17" : "dashboard",
    keepalive: 60,
    username: as === "device" ? "pump-17" : username,
    password: Buffer.from(as === "device" ? token : password),
    ...more,
  });
  const connack = await client.next();
  if (connack === "closed" || connack.cmd !== "connack" || connack.reasonCode !== 0) {
    throw new Error(`Refused: ${JSON.stringify(connack)}`);
  }
  return { client, present: connack.sessionPresent };
}

const lasting = { clean: false, properties: { sessionExpiryInterval: 3_600 } };
const up = "qs/v1/d/pump-17/up/telemetry";

function publish(client: RawClient, messageId: number, qos: 1 | 2, text: string): void {
  const payload = `{"id":"${randomUUID()}","ts":${Date.now()},"values":{"${text}":1}}`;
  client.send({ cmd: "publish", topic: up, payload, qos, messageId, dup: false, retain: false });
}

describe("a session that is kept", () => {
  test("gets what was published while the worker was another, in order, and QoS 2 once", async () => {
    const first = await startWorker();
    const { client: reader } = await join(first, "dashboard", lasting);
    reader.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "qs/v1/d/+/up/#", qos: 2 }],
    });
    expect(await reader.next()).toMatchObject({ cmd: "suback", granted: [2] });
    const { client: pump } = await join(first, "device", lasting);
    publish(pump, 1, 1, "a");
    expect(await pump.next()).toMatchObject({ cmd: "puback", messageId: 1, reasonCode: 0 });
    const live = await reader.next();
    expect(live).toMatchObject({ cmd: "publish", topic: up, qos: 1, dup: false });
    const { messageId = 0 } = live as { messageId?: number };
    reader.send({ cmd: "puback", messageId, reasonCode: 0 });
    reader.send({ cmd: "pingreq" });
    expect(await reader.next()).toMatchObject({ cmd: "pingresp" });
    reader.end();
    await reader.untilClosed();
    publish(pump, 2, 2, "b");
    publish(pump, 3, 1, "c");
    expect(await pump.next()).toMatchObject({ cmd: "pubrec", messageId: 2 });
    expect(await pump.next()).toMatchObject({ cmd: "puback", messageId: 3 });
    pump.end();
    await first.stop();

    const second = await startWorker();
    const again = await join(second, "device", lasting);
    expect(again.present).toBe(true);
    // The identifier of the QoS 2 message was kept: it is the same message.
    publish(again.client, 2, 2, "b");
    expect(await again.client.next()).toMatchObject({ cmd: "pubrec", messageId: 2 });
    again.client.send({ cmd: "pubrel", messageId: 2, reasonCode: 0 });
    expect(await again.client.next()).toMatchObject({ cmd: "pubcomp", messageId: 2 });

    const back = await join(second, "dashboard", lasting);
    expect(back.present).toBe(true);
    const got = [await back.client.next(), await back.client.next()];
    const texts = got.map((packet) => String((packet as { payload: Buffer }).payload));
    expect(texts.map((text) => Object.keys(JSON.parse(text).values)[0])).toEqual(["b", "c"]);
    back.client.send({ cmd: "pingreq" });
    expect(await back.client.next()).toMatchObject({ cmd: "pingresp" });
    again.client.end();
    back.client.end();
    await second.stop();
  });
});

describe("two workers", () => {
  test("a publication at one reaches a subscriber at the other, and take-over works across them", async () => {
    const here = await startWorker();
    const there = await startWorker();
    const { client: reader } = await join(there, "dashboard");
    reader.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "qs/v1/d/+/up/#", qos: 1 }],
    });
    expect(await reader.next()).toMatchObject({ cmd: "suback", granted: [1] });
    const { client: pump } = await join(here, "device");
    publish(pump, 1, 1, "x");
    expect(await pump.next()).toMatchObject({ cmd: "puback", reasonCode: 0 });
    expect(await reader.next()).toMatchObject({ cmd: "publish", topic: up, qos: 1 });
    const { client: newer } = await join(here, "dashboard");
    expect(await reader.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x8e });
    for (const client of [pump, newer]) client.end();
    await here.stop();
    await there.stop();
  });
});

describe("a service client", () => {
  test("retains a message, which comes to a later subscription", async () => {
    const worker = await startWorker();
    const { client } = await join(worker, "dashboard", { clientId: "one" });
    client.send({
      cmd: "publish",
      topic: "home/light",
      payload: "on",
      qos: 1,
      messageId: 4,
      dup: false,
      retain: true,
      properties: { contentType: "text/plain", userProperties: { b: "1", a: ["2", "3"] } },
    });
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 4, reasonCode: 0x10 });
    client.send({
      cmd: "subscribe",
      messageId: 5,
      subscriptions: [{ topic: "home/+", qos: 1 }],
      properties: { subscriptionIdentifier: 9 },
    });
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
    expect(await client.next()).toMatchObject({
      cmd: "publish",
      topic: "home/light",
      retain: true,
      qos: 1,
      properties: { contentType: "text/plain", subscriptionIdentifier: 9 },
    });
    client.end();
    await worker.stop();
  });
});
