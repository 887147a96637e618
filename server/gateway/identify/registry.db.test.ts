import { createHash, createHmac } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKeyring } from "#server/crypto/envelope.ts";
import { findRefusalOwners } from "#server/db/find-refusal-owners.ts";
import { identify } from "#server/gateway/identify/identify.ts";
import { readCredential } from "#server/gateway/identify/read-credential.ts";
import { createRegistry, type Registry } from "#server/gateway/identify/registry.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { revokeCredential } from "#server/services/device/revoke-credential.ts";
import { rotateSasKey } from "#server/services/device/rotate-sas-key.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import { getServiceClient } from "#server/services/service-client/get.ts";
import { removeServiceClient } from "#server/services/service-client/remove.ts";
import { revokePassword } from "#server/services/service-client/revoke-password.ts";
import { suspendServiceClient } from "#server/services/service-client/suspend.ts";
import { updateGrants } from "#server/services/service-client/update-grants.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let operator: TestTenant;
const now = new Date("2026-03-10T12:00:00Z");
const grant = { filter: "qs/v1/d/+/up/#", maySubscribe: true, mayPublish: false };

beforeAll(async () => {
  database = await cloneDatabase();
  operator = await createTestTenant(database, { slug: "operator", operator: true });
  acme = await createTestTenant(database, { slug: "acme" });
});
afterAll(() => database.drop());

const admin = () => acme.ctx("admin");
const registryOf = (keyring = testKeyring): Registry =>
  createRegistry({ db: database.ingest, now: () => now.getTime(), keyring });

function sas(deviceId: string, key: string): string {
  const sr = `hub%2Fdevices%2F${deviceId}`;
  const se = now.getTime() / 1_000 + 60;
  const sig = createHmac("sha256", Buffer.from(key, "base64")).update(`${sr}\n${se}`).digest();
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig.toString("base64"))}&se=${se}`;
}

async function verdict(registry: Registry, username: string, password: string): Promise<string> {
  const found = await identify(registry, readCredential(undefined, { username, password }), now);
  return found.refusal?.cause ?? found.principal?.kind ?? "";
}

/** Tries with what the registry remembers, then after it was told of the change. */
async function beforeAndAfter(
  registry: Registry,
  login: readonly [string, string],
  forget: () => void,
): Promise<readonly [string, string]> {
  const before = await verdict(registry, ...login);
  forget();
  return [before, await verdict(registry, ...login)];
}

describe("a device's SAS keys in the registry", () => {
  test("open the listener, each of the two, until they are rotated or revoked", async () => {
    const { deviceId } = await createDevice(admin(), { name: "Azure 1" });
    const first = await createSasKey(admin(), { deviceId, slot: "primary" });
    const second = await createSasKey(admin(), { deviceId, slot: "secondary" });
    const registry = registryOf();
    const { deviceKey } = (await registry.credentials(deviceId))!.device;
    const forget = () => registry.forget(deviceKey);

    expect(await verdict(registry, deviceId, sas(deviceId, first.key))).toBe("device");
    expect(await verdict(registry, deviceId, sas(deviceId, second.key))).toBe("device");
    await rotateSasKey(admin(), { deviceId, slot: "primary" });
    const rotated = [deviceId, sas(deviceId, first.key)] as const;
    expect(await beforeAndAfter(registry, rotated, forget)).toEqual(["device", "sas-signature"]);
    const { credentialId } = second;
    await revokeCredential(admin(), { deviceId, credentialId });
    const revoked = [deviceId, sas(deviceId, second.key)] as const;
    expect(await beforeAndAfter(registry, revoked, forget)).toEqual(["device", "sas-signature"]);
  });

  test("stand beside its password", async () => {
    const { deviceId } = await createDevice(admin(), { name: "Azure 2" });
    await createSasKey(admin(), { deviceId, slot: "primary" });
    const { password } = await createPassword(admin(), { deviceId });
    const registry = registryOf();

    expect(await verdict(registry, deviceId, password)).toBe("device");
    expect((await registry.credentials(deviceId))?.secretHashes).toEqual([
      createHash("sha256").update(password).digest(),
    ]);
  });

  test("cannot be used by a worker without the key for unsealing, which says so", async () => {
    const { deviceId } = await createDevice(admin(), { name: "Azure 3" });
    const { key } = await createSasKey(admin(), { deviceId, slot: "primary" });

    const without = registryOf(createKeyring(undefined));

    expect(await verdict(without, deviceId, sas(deviceId, key))).toBe("internal");
  });

  test("that were copied to another device's row open nothing", async () => {
    const { deviceId: mine } = await createDevice(admin(), { name: "Azure 4" });
    const { deviceId: theirs } = await createDevice(admin(), { name: "Azure 5" });
    const { key } = await createSasKey(admin(), { deviceId: mine, slot: "primary" });
    await createSasKey(admin(), { deviceId: theirs, slot: "primary" });
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(
      `UPDATE device_credential c SET sealed_key = m.sealed_key
       FROM device d, device_credential m JOIN device o ON o.id = m.device_id
       WHERE d.id = c.device_id AND d.device_id = $1 AND o.device_id = $2`,
      [theirs, mine],
    );
    await owner.end();

    expect(await verdict(registryOf(), theirs, sas(theirs, key))).toBe("internal");
  });
});

describe("a service client in the registry", () => {
  const login = (made: { username: string; password: string }) =>
    [made.username, made.password] as const;

  test("comes in as itself, with its grants and whether its organisation is the operator", async () => {
    const made = await createServiceClient(admin(), { name: "Dashboard", grants: [grant] });
    const theirs = await createServiceClient(operator.ctx("admin"), { name: "Dashboard" });
    const registry = registryOf();

    expect((await registry.serviceClient(made.username))?.principal).toEqual({
      kind: "service",
      tenantId: acme.tenantId,
      serviceClientId: made.id,
      name: "dashboard@acme",
      operator: false,
      grants: [grant],
    });
    expect((await registry.serviceClient(theirs.username))?.principal.operator).toBe(true);
    expect(await verdict(registry, ...login(made))).toBe("service");
    expect(await verdict(registry, theirs.username, made.password)).toBe("bad-credentials");
  });

  test.each([
    [
      "its password is revoked",
      "bad-credentials",
      (id: string, passwordId: string) =>
        revokePassword(admin(), { serviceClient: id, passwordId }),
    ],
    [
      "it is suspended",
      "service-client-suspended",
      (id: string) => suspendServiceClient(admin(), { serviceClient: id }),
    ],
    [
      "it is removed",
      "unknown-service-client",
      (id: string) => removeServiceClient(admin(), { serviceClient: id }),
    ],
  ])("is refused at once when %s", async (_, cause, change) => {
    const made = await createServiceClient(admin(), { name: `Until ${cause}` });
    const registry = registryOf();
    expect(await verdict(registry, ...login(made))).toBe("service");

    await change(made.id, made.passwordId);

    const forget = () => registry.forgetServiceClient(made.id);
    expect(await beforeAndAfter(registry, login(made), forget)).toEqual(["service", cause]);
  });

  test("has its new grants as soon as the registry is told", async () => {
    const made = await createServiceClient(admin(), { name: "Growing", grants: [grant] });
    const registry = registryOf();
    await registry.serviceClient(made.username);
    const grants = [{ filter: "a/#", maySubscribe: false, mayPublish: true }];
    await updateGrants(admin(), { serviceClient: made.id, grants });

    registry.forgetServiceClient(made.id);

    expect((await registry.serviceClient(made.username))?.principal.grants).toEqual(grants);
  });

  test("that is created a moment after it tried comes in once the registry is told", async () => {
    const registry = registryOf();
    expect(await registry.serviceClient("late@acme")).toBeUndefined();
    const made = await createServiceClient(admin(), { name: "Late" });

    registry.forgetServiceClient(made.id);

    expect((await registry.serviceClient("late@acme"))?.principal.serviceClientId).toBe(made.id);
  });

  test("when its password was used is written, and people see it", async () => {
    const made = await createServiceClient(admin(), { name: "Seen" });
    const registry = registryOf();
    await verdict(registry, ...login(made));

    await registry.flushUsed();
    await registry.flushUsed();

    const view = await getServiceClient(admin(), { serviceClient: made.id });
    expect(view.lastUsedAt).toBe(now.toISOString());
  });

  test("many are read at once", async () => {
    const made = await createServiceClient(admin(), { name: "Refreshed" });
    const { deviceId } = await createDevice(admin(), { name: "Refreshed" });
    const registry = registryOf();
    await registry.refresh({
      sha256s: [],
      deviceIds: [deviceId, "nobody"],
      usernames: [made.username, "nobody@acme"],
    });

    expect((await registry.credentials(deviceId))?.device.deviceId).toBe(deviceId);
    expect(await registry.serviceClient("nobody@acme")).toBeUndefined();
  });
});

test("refusals of service clients belong to the organisation that the name says", async () => {
  const owners = await findRefusalOwners(database.ingest, [
    "anyone@acme",
    "anyone@nowhere",
    "x@y@acme",
    "acme",
  ]);

  expect(owners.get("anyone@acme")?.tenantId).toBe(acme.tenantId);
  expect(owners.get("x@y@acme")?.tenantId).toBe(acme.tenantId);
  expect(owners.get("anyone@nowhere")?.tenantId).toBe(operator.tenantId);
  expect(owners.get("acme")?.tenantId).toBe(operator.tenantId);
});
