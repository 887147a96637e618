import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { disconnectOrphanedDevices } from "#server/db/disconnect-orphaned-devices.ts";
import { forgetConnectionEvents } from "#server/db/forget-connection-events.ts";
import {
  writeDeviceSessions,
  type ConnectionEventRow,
  type DeviceSessionRow,
} from "#server/db/write-device-sessions.ts";
import { createDevice } from "#server/services/device/create.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { deviceTimeline } from "#server/services/device/timeline.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let stranger: TestTenant;
beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  stranger = await createTestTenant(database, { slug: "southwind" });
});
afterAll(() => database.drop());

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

async function newDevice(deviceId: string): Promise<bigint> {
  await createDevice(tenant.ctx("admin"), { name: deviceId, deviceId });
  const [known] = await deviceKeys(tenant.ctx("viewer"), { devices: [deviceId] });
  return BigInt(known?.key ?? 0);
}

function session(deviceKey: bigint): DeviceSessionRow {
  return {
    tenantId: tenant.tenantId,
    deviceKey,
    connected: true,
    workerId: randomUUID(),
    connectedAt: ago(1),
    disconnectedAt: null,
    disconnectReason: null,
    remoteAddress: "10.1.2.3",
    clientId: "pump",
    protocol: "MQTT 5.0",
    tlsVersion: "TLSv1.3",
    tlsCipher: null,
    certificateSha256: null,
  };
}

function event(
  deviceKey: bigint,
  at: Date,
  more: Partial<ConnectionEventRow> = {},
): ConnectionEventRow {
  return {
    tenantId: tenant.tenantId,
    deviceKey,
    at,
    kind: "connected",
    reason: null,
    remoteAddress: "10.1.2.3",
    clientId: "pump",
    protocol: "MQTT 5.0",
    tlsVersion: null,
    tlsCipher: null,
    certificateSha256: null,
    count: 1,
    ...more,
  };
}

async function refuse(claimedId: string, lastAt: Date): Promise<void> {
  await database.ingest.prisma.refusedConnection.create({
    data: {
      tenantId: tenant.tenantId,
      claimedId,
      reason: "expired",
      detail: "The certificate expired.",
      remedy: "Issue a new one.",
      remote: "10.1.2.3",
      transport: "mqtts",
      count: 3n,
      firstAt: lastAt,
      lastAt,
    },
  });
}

it("shows comings, goings and refusals of one device in the order in which they happened", async () => {
  const key = await newDevice("pump-1");
  const left = { kind: "disconnected" as const, reason: "keep-alive timeout", count: 4 };
  const events = [event(key, ago(50)), event(key, ago(40), left), event(key, ago(1))];
  await writeDeviceSessions(database.ingest, [session(key)], events);
  await refuse("pump-1", ago(20));
  await refuse("somebody-else", ago(10));

  const { entries, nextBefore } = await deviceTimeline(tenant.ctx("viewer"), { device: "pump-1" });

  expect(entries.map(({ kind }) => kind)).toEqual([
    "connected",
    "refused",
    "disconnected",
    "connected",
  ]);
  expect(entries[1]).toMatchObject({ cause: "expired", count: 3, remedy: "Issue a new one." });
  expect(entries[2]).toMatchObject({ reason: "keep-alive timeout", count: 4, remote: "10.1.2.3" });
  expect(nextBefore).toBeNull();
  await expect(deviceTimeline(stranger.ctx("viewer"), { device: "pump-1" })).rejects.toMatchObject({
    code: "not_found",
  });
});

it("comes page by page, each entry once, also when several are of the same instant", async () => {
  const key = await newDevice("pump-2");
  const at = ago(30);
  await writeDeviceSessions(
    database.ingest,
    [session(key)],
    [event(key, at), event(key, at, { kind: "disconnected" }), event(key, ago(60))],
  );

  const first = await deviceTimeline(tenant.ctx("viewer"), { device: "pump-2", limit: 1 });
  const second = await deviceTimeline(tenant.ctx("viewer"), {
    device: "pump-2",
    limit: 1,
    before: first.nextBefore ?? "",
  });

  expect(first.entries.map(({ kind }) => kind)).toEqual(["disconnected", "connected"]);
  expect(second.entries).toHaveLength(1);
  expect(second.nextBefore).toBeNull();
});

it("is written once, however often a write whose answer was lost is tried again", async () => {
  const key = await newDevice("pump-3");
  const rows = [session(key)];
  const events = [event(key, ago(2)), event(999_999n, ago(2))];

  await writeDeviceSessions(database.ingest, rows, events);
  await writeDeviceSessions(database.ingest, rows, events);

  const { entries } = await deviceTimeline(tenant.ctx("viewer"), { device: "pump-3" });
  expect(entries).toHaveLength(1);
});

it("says when a device went with its worker, and forgets after 30 days", async () => {
  const key = await newDevice("pump-4");
  await writeDeviceSessions(
    database.ingest,
    [session(key)],
    [event(key, ago(31 * 1440)), event(key, ago(29 * 1440))],
  );

  await disconnectOrphanedDevices(database.ingest, 15);
  await forgetConnectionEvents(database.ingest);

  const { entries } = await deviceTimeline(tenant.ctx("viewer"), { device: "pump-4" });
  expect(entries).toMatchObject([
    { kind: "disconnected", reason: "the server process ended", remote: "10.1.2.3" },
    { kind: "connected" },
  ]);
});
