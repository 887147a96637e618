import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { createPskKeys } from "#server/gateway/identify/psk-keys.ts";
import { identify } from "#server/gateway/identify/identify.ts";
import { createRegistry } from "#server/gateway/identify/registry.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createPsk } from "#server/services/device/create-psk.ts";
import { deviceCredentials } from "#server/services/device/credentials.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { rotatePsk } from "#server/services/device/rotate-psk.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
});
afterAll(() => database.drop());

const admin = () => acme.ctx("admin");
const refused = (code: string) => expect.objectContaining({ code }) as Error;
const primary = "primary" as const;
const log = pino({ level: "silent" });

let counter = 0;
const fresh = async () =>
  (await createDevice(admin(), { name: "Pump", deviceId: `pump-${(counter += 1)}` })).deviceId;

async function newestEvent() {
  const { tenantId } = acme;
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

const keysOf = (capacity?: number) =>
  createPskKeys({
    db: database.ingest,
    keyring: testKeyring,
    log,
    ...(capacity !== undefined && { capacity }),
  });

describe("a device's pre-shared key", () => {
  it("is shown once, kept sealed, and recorded without it", async () => {
    const deviceId = await fresh();
    const control = await waitForControl(database);

    const made = await createPsk(admin(), { deviceId, slot: primary });

    expect(made).toMatchObject({
      identity: deviceId,
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await control.next()).toMatchObject({ kind: "device" });
    await control.stop();
    const event = await newestEvent();
    expect(event).toMatchObject({
      actionCode: "credential.createPsk",
      target: `device:${deviceId}`,
      payload: { kind: "psk-primary", brought: false },
    });
    expect(JSON.stringify(event?.payload)).not.toContain(made.key);
    const listed = await deviceCredentials(acme.ctx("viewer"), { deviceId });
    expect(listed).toMatchObject([
      { id: made.credentialId, kind: "psk-primary", state: "active", lastUsedAt: null },
    ]);
    expect(JSON.stringify(listed)).not.toContain(made.key);
  });

  it("can be the one that the device has already, under an identity of its own", async () => {
    const deviceId = await fresh();
    const key = randomBytes(16).toString("hex").toUpperCase();

    const made = await createPsk(admin(), { deviceId, slot: "secondary", key });

    expect(made).toMatchObject({ identity: `${deviceId}/secondary`, key: key.toLowerCase() });
    expect(await newestEvent()).toMatchObject({ payload: { brought: true } });
  });

  it.each([
    "",
    "xyz",
    randomBytes(15).toString("hex"),
    randomBytes(65).toString("hex"),
    "0".repeat(64),
  ])("cannot be %j", async (key) => {
    const creating = createPsk(admin(), { deviceId: await fresh(), slot: primary, key });
    await expect(creating).rejects.toThrow(refused("invalid"));
  });

  it("a slot that has one is a conflict; rotating replaces it and leaves the other slot", async () => {
    const deviceId = await fresh();
    await expect(rotatePsk(admin(), { deviceId, slot: primary })).rejects.toThrow(
      refused("conflict"),
    );
    const first = await createPsk(admin(), { deviceId, slot: primary });
    const second = await createPsk(admin(), { deviceId, slot: "secondary" });
    await expect(createPsk(admin(), { deviceId, slot: primary })).rejects.toThrow(
      refused("conflict"),
    );

    const rotated = await rotatePsk(admin(), { deviceId, slot: primary });

    expect(rotated.key).not.toBe(first.key);
    expect(await newestEvent()).toMatchObject({ actionCode: "credential.rotatePsk" });
    const active = (await deviceCredentials(admin(), { deviceId })).filter(
      ({ state }) => state === "active",
    );
    expect(active.map(({ id }) => id).toSorted()).toEqual(
      [second.credentialId, rotated.credentialId].toSorted(),
    );
  });

  it("of two that are created at once one is a conflict", async () => {
    const deviceId = await fresh();
    const both = await Promise.allSettled([
      createPsk(admin(), { deviceId, slot: primary }),
      createPsk(admin(), { deviceId, slot: primary }),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("ends with the device", async () => {
    const deviceId = await fresh();
    await createPsk(admin(), { deviceId, slot: primary });

    expect(await decommissionDevice(admin(), { deviceId })).toMatchObject({
      credentialsRevoked: 1,
    });
    await expect(createPsk(admin(), { deviceId, slot: primary })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("is neither for operators nor for another organisation", async () => {
    const target = { deviceId: await fresh(), slot: primary };

    await expect(createPsk(acme.ctx("operator"), target)).rejects.toThrow(refused("forbidden"));
    await expect(rotatePsk(acme.ctx("operator"), target)).rejects.toThrow(refused("forbidden"));
    expect(await newestEvent()).toMatchObject({ outcome: "denied" });
    await expect(createPsk(other.ctx("admin"), target)).rejects.toThrow(refused("not_found"));
    await expect(rotatePsk(other.ctx("admin"), target)).rejects.toThrow(refused("not_found"));
  });
});

describe("the keys that a worker holds", () => {
  it("are those that count, of all organisations, by identity", async () => {
    const deviceId = await fresh();
    const made = await createPsk(admin(), { deviceId, slot: primary });
    const second = await createPsk(admin(), { deviceId, slot: "secondary" });
    const keys = keysOf();
    await keys.reload();

    expect(keys.find(deviceId)).toMatchObject({
      credentialId: made.credentialId,
      deviceId,
      key: Buffer.from(made.key, "hex"),
    });
    expect(keys.find(`${deviceId}/secondary`)?.credentialId).toBe(second.credentialId);
    expect(keys.find("nobody")).toBeUndefined();

    await revokeCredential(admin(), { deviceId, credentialId: made.credentialId });
    await keys.reload();
    expect(keys.find(deviceId)).toBeUndefined();
    expect(keys.find(`${deviceId}/secondary`)).toBeDefined();
  });

  it("follow a device that changed, and leave the others", async () => {
    const deviceId = await fresh();
    const steady = await fresh();
    await createPsk(admin(), { deviceId: steady, slot: primary });
    const keys = keysOf();
    await keys.reload();
    const { credentialId } = await createPsk(admin(), { deviceId, slot: primary });
    const registry = createRegistry({ db: database.ingest, now: Date.now, keyring: testKeyring });
    const { deviceKey } = (await registry.credentials(deviceId))!.device;

    keys.deviceChanged(deviceKey);
    await expect.poll(() => keys.find(deviceId)?.credentialId).toBe(credentialId);
    await revokeCredential(admin(), { deviceId, credentialId });
    keys.deviceChanged(deviceKey);
    await expect.poll(() => keys.find(deviceId)).toBeUndefined();

    expect(keys.find(steady)).toBeDefined();
    await keys.stop();
  });

  it("are no more than so many", async () => {
    const keys = keysOf(1);
    await keys.reload();
    const first = keys.find("pump-1");

    expect([first, keys.find("pump-2")].filter((entry) => entry !== undefined)).toHaveLength(1);
  });

  it("open the listener while they count, and their use is noted", async () => {
    const deviceId = await fresh();
    const { credentialId } = await createPsk(admin(), { deviceId, slot: primary });
    const registry = createRegistry({ db: database.ingest, now: Date.now, keyring: testKeyring });
    const credential = { kind: "psk", deviceId, credentialId } as const;

    const found = await identify(registry, credential, new Date());
    expect(found.principal).toMatchObject({ kind: "device", device: { deviceId } });
    await registry.flushUsed();
    const [used] = await deviceCredentials(admin(), { deviceId });
    expect(Date.now() - Date.parse(used?.lastUsedAt ?? "")).toBeLessThan(60_000);

    await revokeCredential(admin(), { deviceId, credentialId });
    registry.forgetAll();
    const after = await identify(registry, credential, new Date());
    expect(after.refusal).toMatchObject({ cause: "revoked" });
  });
});

describe("a token", () => {
  it("is replaced without a pause: the one before counts until it is revoked", async () => {
    const deviceId = await fresh();
    const active = async () =>
      (await deviceCredentials(admin(), { deviceId })).filter(({ state }) => state === "active");
    await createPassword(admin(), { deviceId });
    await sleep(5);
    await createPassword(admin(), { deviceId, keepOld: true });
    const two = await active();
    expect(two).toHaveLength(2);
    expect(await newestEvent()).toMatchObject({ payload: { replaced: 0, keptOld: true } });

    await sleep(5);
    await createPassword(admin(), { deviceId, keepOld: true });
    const next = await active();
    expect(next).toHaveLength(2);
    expect(next.map(({ id }) => id)).toContain(two[0]?.id);

    await createPassword(admin(), { deviceId });
    expect(await active()).toHaveLength(1);
  });
});
