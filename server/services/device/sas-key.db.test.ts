import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyring } from "#server/crypto/envelope.ts";
import { withTenant } from "#server/db/tenant.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { deviceCredentials } from "#server/services/device/credentials.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { rotateSasKey } from "#server/services/device/rotate-sas-key.ts";
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

let counter = 0;
const fresh = async () =>
  (await createDevice(admin(), { name: "Pump", deviceId: `pump-${(counter += 1)}` })).deviceId;

async function newestEvent() {
  const { tenantId } = acme;
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

/** The key of a credential as the worker will open it. */
async function keyOf(credentialId: string): Promise<Buffer> {
  const { tenantId } = acme;
  const row = await withTenant({ db: database.app, tenantId }, (tx) =>
    tx.deviceCredential.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: credentialId } },
    }),
  );
  expect(row.secretHash).toBeNull();
  return testKeyring.open(
    { table: "device_credential", column: "sealed_key", tenantId, id: credentialId },
    row.sealedKey!,
  );
}

describe("a device's SAS key", () => {
  it("is shown once, kept sealed, and recorded without it", async () => {
    const deviceId = await fresh();
    const control = await waitForControl(database);

    const made = await createSasKey(admin(), { deviceId, slot: primary });

    expect(Buffer.from(made.key, "base64")).toHaveLength(32);
    expect((await keyOf(made.credentialId)).toString("base64")).toBe(made.key);
    expect(await control.next()).toMatchObject({ kind: "device" });
    await control.stop();
    const event = await newestEvent();
    expect(event).toMatchObject({
      actionCode: "credential.createSasKey",
      target: `device:${deviceId}`,
      payload: { kind: "sas-primary", brought: false },
    });
    expect(JSON.stringify(event?.payload)).not.toContain(made.key);
    const listed = await deviceCredentials(acme.ctx("viewer"), { deviceId });
    expect(listed).toMatchObject([{ id: made.credentialId, kind: "sas-primary", state: "active" }]);
    expect(JSON.stringify(listed)).not.toContain(made.key);
  });

  it("can be the one that the device has already", async () => {
    const key = randomBytes(64).toString("base64");
    const made = await createSasKey(admin(), { deviceId: await fresh(), slot: "secondary", key });

    expect((await keyOf(made.credentialId)).toString("base64")).toBe(key);
    expect(JSON.stringify((await newestEvent())?.payload)).not.toContain(key);
  });

  it.each([
    "",
    "x",
    "not base64!",
    randomBytes(15).toString("base64"),
    randomBytes(65).toString("base64"),
    randomBytes(32).toString("base64url"),
  ])("cannot be %j", async (key) => {
    const deviceId = await fresh();
    const creating = createSasKey(admin(), { deviceId, slot: primary, key });
    await expect(creating).rejects.toThrow(refused("invalid"));
  });

  it("a slot that has one is a conflict; rotating replaces it and leaves the other slot", async () => {
    const deviceId = await fresh();
    const first = await createSasKey(admin(), { deviceId, slot: primary });
    const second = await createSasKey(admin(), { deviceId, slot: "secondary" });
    await expect(createSasKey(admin(), { deviceId, slot: primary })).rejects.toThrow(
      refused("conflict"),
    );

    const rotated = await rotateSasKey(admin(), { deviceId, slot: primary });

    expect(rotated.key).not.toBe(first.key);
    expect(await newestEvent()).toMatchObject({ actionCode: "credential.rotateSasKey" });
    const active = (await deviceCredentials(admin(), { deviceId })).filter(
      ({ state }) => state === "active",
    );
    expect(active.map(({ id }) => id).toSorted()).toEqual(
      [second.credentialId, rotated.credentialId].toSorted(),
    );
  });

  it("cannot be made by a process that has no key for sealing, and the remedy names the setting", async () => {
    const deviceId = await fresh();
    const ctx = { ...admin(), keyring: createKeyring(undefined) };

    await expect(createSasKey(ctx, { deviceId, slot: primary })).rejects.toMatchObject({
      code: "unavailable",
      remedy: expect.stringContaining("ENCRYPTION_KEY"),
    });
    expect(await deviceCredentials(admin(), { deviceId })).toEqual([]);
  });

  it("of an empty slot cannot be rotated", async () => {
    const deviceId = await fresh();
    await expect(rotateSasKey(admin(), { deviceId, slot: primary })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("of two that are created at once one is a conflict", async () => {
    const deviceId = await fresh();
    const both = await Promise.allSettled([
      createSasKey(admin(), { deviceId, slot: primary }),
      createSasKey(admin(), { deviceId, slot: primary }),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("revoking a credential", () => {
  it("ends a SAS key or a password, once, with its record", async () => {
    const deviceId = await fresh();
    const { credentialId } = await createSasKey(admin(), { deviceId, slot: primary });
    await createPassword(admin(), { deviceId });

    await revokeCredential(admin(), { deviceId, credentialId });

    expect(await newestEvent()).toMatchObject({
      actionCode: "credential.revoke",
      payload: { kind: "sas-primary", credential: credentialId },
    });
    await expect(revokeCredential(admin(), { deviceId, credentialId })).rejects.toThrow(
      refused("conflict"),
    );
    const [password] = await deviceCredentials(admin(), { deviceId });
    expect(password).toMatchObject({ kind: "password", state: "active" });
    await revokeCredential(admin(), { deviceId, credentialId: password!.id });
    await createSasKey(admin(), { deviceId, slot: primary });
  });

  it("of another device is not found", async () => {
    const { credentialId } = await createSasKey(admin(), {
      deviceId: await fresh(),
      slot: primary,
    });
    const deviceId = await fresh();

    await expect(revokeCredential(admin(), { deviceId, credentialId })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("decommissioning revokes all of them", async () => {
    const deviceId = await fresh();
    await createSasKey(admin(), { deviceId, slot: primary });
    await createPassword(admin(), { deviceId });

    expect(await decommissionDevice(admin(), { deviceId })).toMatchObject({
      credentialsRevoked: 2,
    });
    await expect(createSasKey(admin(), { deviceId, slot: primary })).rejects.toThrow(
      refused("conflict"),
    );
  });
});

it("is neither for operators nor for another organisation", async () => {
  const deviceId = await fresh();
  const target = { deviceId, slot: primary };
  const credential = { deviceId, credentialId: randomUUID() };
  const operator = acme.ctx("operator");
  const stranger = other.ctx("admin");

  await expect(createSasKey(operator, target)).rejects.toThrow(refused("forbidden"));
  await expect(rotateSasKey(operator, target)).rejects.toThrow(refused("forbidden"));
  await expect(revokeCredential(operator, credential)).rejects.toThrow(refused("forbidden"));
  expect(await newestEvent()).toMatchObject({ outcome: "denied" });
  await expect(createSasKey(stranger, target)).rejects.toThrow(refused("not_found"));
  await expect(rotateSasKey(stranger, target)).rejects.toThrow(refused("not_found"));
  await expect(revokeCredential(stranger, credential)).rejects.toThrow(refused("not_found"));
  await expect(deviceCredentials(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
});
