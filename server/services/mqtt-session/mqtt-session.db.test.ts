import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { createDevice } from "#server/services/device/create.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { endMqttSession } from "#server/services/mqtt-session/end.ts";
import {
  listDeviceSessions,
  listServiceClientSessions,
} from "#server/services/mqtt-session/list.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let stranger: TestTenant;
let deviceKey: bigint;
let serviceClientId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  stranger = await createTestTenant(database, { slug: "southwind" });
  await createDevice(tenant.ctx("admin"), { name: "Pump 17", deviceId: "pump-17" });
  const [known] = await deviceKeys(tenant.ctx("viewer"), { devices: ["pump-17"] });
  deviceKey = BigInt(known?.key ?? 0);
  const client = await createServiceClient(tenant.ctx("admin"), { name: "Grafana", grants: [] });
  serviceClientId = client.id;
});
afterAll(() => database.drop());

type Kept = { readonly service?: boolean; readonly workerId?: string; readonly never?: boolean };

async function keepSession(clientId: string, kept: Kept = {}): Promise<string> {
  const { id } = await database.ingest.prisma.mqttSession.create({
    data: {
      tenantId: tenant.tenantId,
      sessionKey: `${kept.service === true ? "s" : "d"}:${clientId}`,
      ownerKind: kept.service === true ? "service" : "device",
      ...(kept.service === true ? { serviceClientId } : { deviceKey }),
      clientId,
      generation: 1n,
      ...(kept.workerId !== undefined && { workerId: kept.workerId }),
      remote: "10.1.2.3",
      connectedAt: new Date(),
      expirySeconds: kept.never === true ? 0xffff_ffffn : 3600n,
      willTopic: "qs/v1/d/pump-17/up/state",
      willPayload: new TextEncoder().encode("{}"),
      willForwarded: new Uint8Array(),
      queuedCount: 3,
      queuedBytes: 300n,
      droppedCount: 2n,
      subscriptions: {
        create: {
          filter: "qs/v1/d/pump-17/dn/#",
          filterHash: new Uint8Array(createHash("sha256").update(clientId).digest()),
          qos: 1,
          noLocal: false,
          retainAsPublished: true,
          retainHandling: 1,
          identifier: 7,
        },
      },
    },
    select: { id: true },
  });
  return id.toString();
}

const audit = () =>
  withTenant(tenant.ctx("admin"), (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: tenant.tenantId, actionCode: "mqttSession.end" },
      orderBy: { seq: "desc" },
    }),
  );

describe("sessions that are kept", () => {
  it("are shown with their queue, will and subscriptions, the connected ones first", async () => {
    const away = await keepSession("pump-17", { never: true });
    const workerId = randomUUID();
    const here = await keepSession("pump-17.2", { workerId });

    const sessions = await listDeviceSessions(tenant.ctx("viewer"), { device: "pump-17" });

    expect(sessions.map(({ id }) => id)).toEqual([here, away]);
    expect(sessions[0]).toMatchObject({
      connected: true,
      worker: { id: workerId, host: null },
      expirySeconds: 3600,
      subscriptionCount: 1,
      subscriptions: [{ filter: "qs/v1/d/pump-17/dn/#", qos: 1, identifier: 7 }],
      queue: { messages: 3, bytes: 300, dropped: 2 },
      will: { topic: "qs/v1/d/pump-17/up/state", bytes: 2 },
    });
    expect(sessions[1]).toMatchObject({ connected: false, worker: null, expirySeconds: null });
  });

  it("of a service client are shown to those who may see service clients", async () => {
    await keepSession("grafana", { service: true });
    const ask = { serviceClient: "grafana@northwind" };

    const sessions = await listServiceClientSessions(tenant.ctx("operator"), ask);

    expect(sessions).toMatchObject([{ clientId: "grafana" }]);
    await expect(listServiceClientSessions(tenant.ctx("viewer"), ask)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(listServiceClientSessions(stranger.ctx("admin"), ask)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("mqttSession.end", () => {
  it("ends the session and is recorded with what was lost", async () => {
    const sessionId = await keepSession("ending", { workerId: randomUUID() });

    await endMqttSession(tenant.ctx("operator"), { sessionId, reason: "stuck" });

    const sessions = await listDeviceSessions(tenant.ctx("viewer"), { device: "pump-17" });
    expect(sessions.map(({ id }) => id)).not.toContain(sessionId);
    expect(await audit()).toMatchObject({
      target: "device:pump-17",
      reason: "stuck",
      payload: { clientId: "ending", connected: true, subscriptions: 1, queuedMessages: 3 },
    });
  });

  it("of a service client is recorded as that one's", async () => {
    const sessionId = await keepSession("ending", { service: true });

    await endMqttSession(tenant.ctx("admin"), { sessionId });

    expect(await audit()).toMatchObject({ target: "serviceClient:grafana@northwind" });
  });

  it("is not for viewers, not across tenants, and not twice", async () => {
    const sessionId = await keepSession("guarded");

    await expect(endMqttSession(tenant.ctx("viewer"), { sessionId })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(endMqttSession(stranger.ctx("admin"), { sessionId })).rejects.toMatchObject({
      code: "not_found",
    });
    await endMqttSession(tenant.ctx("admin"), { sessionId });
    await expect(endMqttSession(tenant.ctx("admin"), { sessionId })).rejects.toMatchObject({
      code: expect.stringMatching(/^(conflict|not_found)$/) as string,
    });
  });
});
