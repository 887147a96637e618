import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { listQuarantined } from "#server/services/onboard/list-quarantined.ts";
import { showWaiting } from "#server/services/onboard/waiting.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let stranger: Context;
const now = new Date("2027-03-02T12:00:00Z");

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { now: () => now });
  stranger = other.ctx("admin", { now: () => now });
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

async function quarantine(name: string): Promise<{ readonly deviceId: string }> {
  const device = await createDevice(admin, { name });
  await withTenant(admin, (tx) =>
    tx.device.updateMany({ where: { deviceId: device.deviceId }, data: { state: "quarantined" } }),
  );
  return device;
}

async function ask(groupId: string, state: "pending" | "refused", lastAt: Date): Promise<void> {
  await withTenant(admin, (tx) =>
    tx.enrolmentRequest.create({
      data: {
        tenantId: admin.tenantId,
        groupId,
        groupVersion: 1,
        registrationId: `pump-${state}`,
        digest: randomUUID(),
        transport: "mqtts",
        state,
        lastAt,
        ...(state === "refused" && { reason: "denied", detail: "It is on the deny list." }),
      },
    }),
  );
}

describe("what waits", () => {
  it("is nothing at first, and then what somebody has to decide or mend", async () => {
    expect(await showWaiting(admin, {})).toMatchObject({ hasDevices: false, quarantined: 0 });

    const { id } = await createEnrolmentGroup(admin, {
      name: "Lyon",
      kind: "claim",
      rules: { profileId: acme.profileId },
    });
    await ask(id, "pending", new Date("2027-01-01T00:00:00Z"));
    await ask(id, "refused", new Date("2027-03-02T11:00:00Z"));
    await ask(id, "refused", new Date("2027-02-20T11:00:00Z"));

    const waiting = await showWaiting(admin, {});

    expect(waiting.pending).toMatchObject({
      count: 1,
      newest: [{ registrationId: "pump-pending", groupName: "Lyon" }],
    });
    expect(waiting.refused).toMatchObject({
      count: 1,
      newest: [{ detail: "It is on the deny list.", groupKind: "claim" }],
    });
  });

  it("is not another organisation's", async () => {
    expect(await showWaiting(stranger, {})).toMatchObject({ pending: { count: 0 } });
  });

  it("is not for viewers", async () => {
    await expect(showWaiting(acme.ctx("viewer"), {})).rejects.toThrow(refused("forbidden"));
  });
});

describe("the devices in quarantine", () => {
  it("are listed with what is kept apart of them, and found by name", async () => {
    const pump = await quarantine("Quarantined pump");
    await quarantine("Quarantined fan");

    const all = await listQuarantined(admin, {});
    const found = await listQuarantined(admin, { q: "PUMP" });

    expect(all.count).toBe(2);
    expect(found.devices).toMatchObject([
      { deviceId: pump.deviceId, kept: 0, batch: null, group: null, lastContactAt: null },
    ]);
  });

  it("are not another organisation's, and not for viewers", async () => {
    expect(await listQuarantined(stranger, { batches: "all" })).toMatchObject({ count: 0 });
    await expect(listQuarantined(acme.ctx("viewer"), {})).rejects.toThrow(refused("forbidden"));
  });
});

describe("a device that is suspended in quarantine", () => {
  it("comes back to quarantine, not out of it", async () => {
    const { deviceId } = await quarantine("Held pump");

    expect(await suspendDevice(admin, { deviceId })).toMatchObject({ state: "suspended" });
    expect(await resumeDevice(admin, { deviceId })).toMatchObject({ state: "quarantined" });
  });

  it("is active again when it was active before it was suspended the last time", async () => {
    const { deviceId } = await quarantine("Cleared pump");
    await suspendDevice(admin, { deviceId });
    await resumeDevice(admin, { deviceId });
    await withTenant(admin, (tx) =>
      tx.device.updateMany({ where: { deviceId }, data: { state: "active" } }),
    );

    await suspendDevice(admin, { deviceId });

    expect(await resumeDevice(admin, { deviceId })).toMatchObject({ state: "active" });
  });

  it("cannot be suspended twice", async () => {
    const { deviceId } = await quarantine("Twice held pump");
    await suspendDevice(admin, { deviceId });

    await expect(suspendDevice(admin, { deviceId })).rejects.toThrow(refused("conflict"));
  });
});
