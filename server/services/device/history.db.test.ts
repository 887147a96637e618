import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { deviceAudit } from "#server/services/device/audit.ts";
import { deviceBlastRadius } from "#server/services/device/blast-radius.ts";
import { createDevice } from "#server/services/device/create.ts";
import { exportDevices } from "#server/services/device/export.ts";
import { isDeviceIdTaken } from "#server/services/device/id-taken.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { deviceRefusals, recentUnknownRefusals } from "#server/services/device/refusals.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { stillLiveSessions } from "#server/services/session/still-live.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let stranger: TestTenant;
let key: bigint;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  stranger = await createTestTenant(database, { slug: "southwind" });
  await createDevice(tenant.ctx("admin"), { name: "=Pump 17", deviceId: "pump-17" });
  await createDevice(tenant.ctx("admin"), { name: "Pump 18", deviceId: "pump-18" });
  await createDevice(stranger.ctx("admin"), { name: "Other", deviceId: "other" });
  const [known] = await deviceKeys(tenant.ctx("viewer"), { devices: ["pump-17"] });
  key = BigInt(known?.key ?? 0);
});
afterAll(() => database.drop());

function refuse(claimedId: string, deviceKey: bigint | null, lastAt: Date) {
  return database.ingest.prisma.refusedConnection.create({
    data: {
      tenantId: tenant.tenantId,
      claimedId,
      deviceKey,
      reason: "unknown-certificate",
      detail: "d",
      remedy: "r",
      remote: "::1",
      transport: "mqtts",
      sha256: `${claimedId}${lastAt.getTime()}`,
      firstAt: lastAt,
      lastAt,
    },
  });
}

describe("what is known of a device besides its telemetry", () => {
  it("has the refusals of the device and of whoever claimed its id, newest first", async () => {
    const now = new Date();
    const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    await refuse("pump-17", null, before(30));
    await refuse("other-name", key, before(1));
    await refuse("somebody", null, before(2));
    await refuse("long-ago", null, before(90));

    const own = await deviceRefusals(tenant.ctx("viewer"), { device: "pump-17" });
    const unknown = await recentUnknownRefusals(tenant.ctx("viewer"), { minutes: 10 });

    expect(own.map((refusal) => refusal.claimedId)).toEqual(["other-name", "pump-17"]);
    expect(unknown.map((refusal) => refusal.claimedId)).toEqual(["somebody"]);
    expect(await recentUnknownRefusals(stranger.ctx("viewer"), {})).toEqual([]);
  });

  it("has its own audit events and no other device's, page by page", async () => {
    await suspendDevice(tenant.ctx("admin"), { deviceId: "pump-17", reason: "leak" });

    const first = await deviceAudit(tenant.ctx("auditor"), { device: "pump-17", limit: 1 });
    const second = await deviceAudit(tenant.ctx("auditor"), {
      device: "pump-17",
      limit: 1,
      before: BigInt(first.nextBefore ?? 0),
    });

    expect(first.events[0]).toMatchObject({ action: "device.suspend", reason: "leak" });
    expect(second.events[0]).toMatchObject({ action: "device.create", target: "device:pump-17" });
    expect(second.nextBefore).toBeNull();
  });

  it("keeps the audit trail from those whose role has none", async () => {
    await expect(deviceAudit(tenant.ctx("operator"), { device: "pump-17" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("counts what stops with the device, of the last day only", async () => {
    const ts = new Date();
    await database.ingest.pool.query(
      `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values")
       VALUES ($1, $2, 1, $2, 1, 0, '{1}'), ($1, $3, 2, $3, 1, 0, '{1}')`,
      [key.toString(), ts, new Date(ts.getTime() - 2 * 86_400_000)],
    );

    expect(await deviceBlastRadius(tenant.ctx("viewer"), { device: "pump-17" })).toEqual({
      connected: false,
      messagesLastDay: 1,
      usableCertificates: 0,
      passwords: 0,
      children: 0,
      reach: {
        groups: [],
        groupsAskedOf: 1,
        dashboards: [],
        otherDashboards: 0,
        isPartial: false,
      },
    });
  });

  it("gives keys of the caller's own devices only", async () => {
    const keys = await deviceKeys(tenant.ctx("viewer"), { devices: ["pump-17", "other", "none"] });

    expect(keys.map((each) => each.deviceId)).toEqual(["pump-17"]);
  });

  it("says whether an id is taken here, and nothing of elsewhere", async () => {
    const ask = (deviceId: string) => isDeviceIdTaken(tenant.ctx("viewer"), { deviceId });

    expect(await ask("pump-18")).toEqual({ taken: true });
    expect(await ask("other")).toEqual({ taken: false });
  });

  it("is exported as CSV that no spreadsheet runs", async () => {
    let text = "";
    for await (const part of await exportDevices(tenant.ctx("viewer"), {})) text += part;
    const lines = text.trim().split("\r\n");

    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^device_id,uuid,name,/);
    expect(lines.find((line) => line.startsWith("pump-17"))).toContain(",'=Pump 17,");
  });
});

describe("a session behind a live stream", () => {
  it("stops counting when it is revoked, idle, or its user is disabled", async () => {
    const { tenantId } = tenant;
    const at = new Date();
    const make = async (email: string, session: object, user: object) => {
      const sessionId = await withTenant({ db: database.app, tenantId }, async (tx) => {
        const { id: userId } = await tx.user.create({
          data: { tenantId, email, name: "n", role: "viewer", passwordHash: "x", ...user },
        });
        const { id } = await tx.session.create({
          data: {
            tenantId,
            userId,
            tokenHash: new TextEncoder().encode(email),
            seenAt: at,
            absoluteAt: new Date(at.getTime() + 3_600_000),
            ...session,
          },
        });
        return id;
      });
      const of = { db: database.app, tenantId, sessionIds: [sessionId] };
      return (await stillLiveSessions(of, at)).has(sessionId);
    };

    expect(await make("live@example.com", {}, {})).toBe(true);
    expect(await make("revoked@example.com", { revokedAt: at }, {})).toBe(false);
    expect(await make("ended@example.com", { absoluteAt: at }, {})).toBe(false);
    expect(await make("idle@example.com", { seenAt: new Date(at.getTime() - 3_600_000) }, {})).toBe(
      false,
    );
    expect(await make("disabled@example.com", {}, { disabledAt: at })).toBe(false);
  });
});
