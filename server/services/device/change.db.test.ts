import { createHash, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { showDevice } from "#server/services/device/show.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { updateDevice } from "#server/services/device/update.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;
let stranger: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  stranger = other.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

/** The newest events of a target: action, outcome, reason and payload. */
async function trail(ctx: Context, target: string) {
  const events = await withTenant(ctx, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: ctx.tenantId, target },
      orderBy: { seq: "asc" },
      select: { actionCode: true, outcome: true, reason: true, payload: true },
    }),
  );
  return events;
}

describe("device.create", () => {
  it("registers a device under the name's id, with its record", async () => {
    const device = await createDevice(admin, { name: "Pump 17" });

    expect(device).toMatchObject({
      deviceId: "pump-17",
      name: "Pump 17",
      profileId: acme.profileId,
      profileName: "generic",
    });
    expect(await trail(admin, "device:pump-17")).toEqual([
      { actionCode: "device.create", outcome: "done", reason: null, payload: { after: device } },
    ]);
  });

  it("an id made of the name never collides, not even with another tenant's", async () => {
    await createDevice(stranger, { name: "Fan" });

    const { deviceId } = await createDevice(admin, { name: "Fan" });

    expect(deviceId).toMatch(/^fan-[0-9a-f]{6}$/);
  });

  it("is not for operators, and the attempt is recorded", async () => {
    const creating = createDevice(acme.ctx("operator"), { name: "Pump 18" });

    await expect(creating).rejects.toThrow(refused("forbidden"));
    expect(await trail(admin, "capability:device.manage")).toMatchObject([
      { actionCode: "device.create", outcome: "denied" },
    ]);
  });

  it.each([["taken here"], ["taken by another tenant"]])(
    "an id that is %s is a conflict",
    async (where) => {
      const owner = where === "taken here" ? admin : stranger;
      const deviceId = where.replaceAll(" ", ".");
      await createDevice(owner, { name: "First", deviceId });

      const creating = createDevice(admin, { name: "Second", deviceId });

      await expect(creating).rejects.toThrow(refused("conflict"));
      await expect(creating).rejects.toThrow(`“${deviceId}” is taken`);
    },
  );

  it("another tenant's profile is not found", async () => {
    const creating = createDevice(admin, { name: "Pump", profileId: other.profileId });

    await expect(creating).rejects.toThrow(refused("not_found"));
  });

  it.each([["a/b"], ["+"], ["x".repeat(129)], ["-a"]])("the id %j is invalid", async (deviceId) => {
    await expect(createDevice(admin, { name: "Pump", deviceId })).rejects.toThrow(
      refused("invalid"),
    );
  });
});

describe("device.create with a certificate", () => {
  it("makes device, key and certificate in one transaction, and two records", async () => {
    const made = await createDeviceWithCertificate(admin, { name: "Valve 1" });

    const leaf = new X509Certificate(made.certificate.certificatePem);
    expect(leaf.subject).toBe("O=acme\nCN=valve-1");
    expect(leaf.subjectAltName).toBe(`URI:urn:uuid:${made.device.id}`);
    expect(made.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(made.certificate.caPem).toBe(ca.authority.rootPem);
    const events = await trail(admin, "device:valve-1");
    expect(events.map(({ actionCode }) => actionCode)).toEqual([
      "device.create",
      "certificate.issue",
    ]);
    expect(JSON.stringify(events)).not.toContain("PRIVATE");
  });

  it("leaves no device behind when the signer is away", async () => {
    const creating = createDeviceWithCertificate(acme.ctx("admin"), { name: "Valve 2" });

    await expect(creating).rejects.toThrow(refused("unavailable"));
    await expect(updateDevice(admin, { deviceId: "valve-2", name: "x" })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("takes the device's own request and returns no key", async () => {
    const { csrPem } = await makeRequest({});

    const made = await createDeviceWithCertificate(admin, { name: "Valve 3", csrPem });

    expect(made.privateKeyPem).toBeNull();
  });
});

describe("device.update", () => {
  it("renames, records before and after, and tells the workers", async () => {
    const { id, deviceId, profileId } = await createDevice(admin, { name: "Old name" });
    const told = await waitForControl(database);

    const updated = await updateDevice(admin, { deviceId: id, name: "New name" });

    expect(updated).toMatchObject({ deviceId, name: "New name", profileId, attributes: {} });
    expect(await told.next()).toMatchObject({ kind: "device", tenantId: acme.tenantId });
    expect((await trail(admin, `device:${deviceId}`)).at(-1)).toMatchObject({
      actionCode: "device.update",
      payload: { before: { name: "Old name" }, after: { name: "New name" } },
    });
    await told.stop();
  });

  it("notes serial, maker and tags, shows them, and keeps what was not said", async () => {
    const { deviceId } = await createDevice(admin, {
      name: "Noted",
      serial: "SN-0017",
      manufacturer: "Acme",
      tags: ["hall-7"],
    });
    expect((await trail(admin, `device:${deviceId}`)).at(-1)).toMatchObject({
      payload: { after: { serial: "SN-0017", manufacturer: "Acme", tags: ["hall-7"] } },
    });

    await updateDevice(admin, { deviceId, model: "P-9", hardwareRevision: "C", tags: [] });

    expect(await showDevice(admin, { device: deviceId })).toMatchObject({
      serial: "SN-0017",
      manufacturer: "Acme",
      model: "P-9",
      hardwareRevision: "C",
      tags: [],
    });
    expect((await trail(admin, `device:${deviceId}`)).at(-1)).toMatchObject({
      payload: { before: { model: "", tags: ["hall-7"] }, after: { model: "P-9", tags: [] } },
    });
    await expect(updateDevice(admin, { deviceId, serial: "two\nlines" })).rejects.toThrow(
      refused("invalid"),
    );
    await expect(updateDevice(admin, { deviceId, tags: ["a b"] })).rejects.toThrow(
      refused("invalid"),
    );
  });

  it("attributes take the place of those before, and nothing else", async () => {
    const { deviceId } = await createDevice(admin, { name: "Attributed" });
    await updateDevice(admin, { deviceId, attributes: { site: "north", floor: 2 } });

    const updated = await updateDevice(admin, { deviceId, attributes: { site: "south" } });

    expect(updated).toMatchObject({ name: "Attributed", attributes: { site: "south" } });
    expect((await trail(admin, `device:${deviceId}`)).at(-1)).toMatchObject({
      payload: { before: { attributes: { site: "north", floor: 2 } } },
    });
  });

  it.each([
    ["a name that is no name", { "a b": 1 }],
    ["a name that has a meaning of its own", { id: "x" }],
    ["a name that harms", { constructor: "x" }],
    ["a list", { a: [1] }],
    ["long text", { a: "x".repeat(257) }],
    ["too many", Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`a${n}`, n]))],
  ])("attributes with %s are invalid", async (_, attributes: object) => {
    await expect(
      updateDevice(admin, { deviceId: "pump-17", attributes: { ...attributes } }),
    ).rejects.toThrow(refused("invalid"));
  });

  it("nothing to change is invalid", async () => {
    await expect(updateDevice(admin, { deviceId: "pump-17" })).rejects.toThrow(refused("invalid"));
  });

  it("is not for viewers", async () => {
    await expect(
      updateDevice(acme.ctx("viewer"), { deviceId: "pump-17", name: "x" }),
    ).rejects.toThrow(refused("forbidden"));
  });

  it("another tenant's device is not found", async () => {
    await expect(updateDevice(stranger, { deviceId: "pump-17", name: "x" })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("another tenant's profile is not found", async () => {
    await expect(
      updateDevice(admin, { deviceId: "pump-17", profileId: other.profileId }),
    ).rejects.toThrow(refused("not_found"));
  });
});

describe("a device's state", () => {
  type Step = readonly [
    string,
    typeof suspendDevice | typeof resumeDevice | typeof decommissionDevice,
  ];
  const suspend: Step = ["suspend", suspendDevice];
  const resume: Step = ["resume", resumeDevice];
  const decommission: Step = ["decommission", decommissionDevice];

  async function deviceAfter(steps: readonly Step[]): Promise<string> {
    const { deviceId } = await createDevice(admin, { name: "State" });
    for (const [, step] of steps) await step(admin, { deviceId });
    return deviceId;
  }

  it.each([
    [[], suspend, "suspended"],
    [[suspend], resume, "active"],
    [[], decommission, "decommissioned"],
    [[suspend], decommission, "decommissioned"],
  ] as const)("after %j, %j makes it %s and is recorded", async (before, [verb, act], state) => {
    const deviceId = await deviceAfter(before);

    const changed = await act(admin, { deviceId, reason: "Test of the state" });

    expect(changed).toMatchObject({ deviceId, state });
    expect((await trail(admin, `device:${deviceId}`)).at(-1)).toMatchObject({
      actionCode: `device.${verb}`,
      reason: "Test of the state",
      payload: { after: { state } },
    });
  });

  it.each([
    [[], resume],
    [[suspend], suspend],
    [[decommission], suspend],
    [[decommission], resume],
    [[decommission], decommission],
  ] as const)("after %j, %j is a conflict", async (before, [, act]) => {
    const deviceId = await deviceAfter(before);

    await expect(act(admin, { deviceId })).rejects.toThrow(refused("conflict"));
  });

  it.each([suspend, resume, decommission])(
    "%s: not for operators, not across tenants",
    async (_, act) => {
      const { deviceId } = await createDevice(admin, { name: "State" });

      await expect(act(acme.ctx("operator"), { deviceId })).rejects.toThrow(refused("forbidden"));
      await expect(act(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    },
  );
});

it("decommissioning revokes every certificate and password", async () => {
  const { device } = await createDeviceWithCertificate(admin, { name: "Retiree" });
  await createPassword(admin, { deviceId: device.deviceId });

  const ended = await decommissionDevice(admin, { deviceId: device.deviceId });

  expect(ended).toMatchObject({ certificatesRevoked: 1, credentialsRevoked: 1 });
  const certificates = await withTenant(admin, (tx) =>
    tx.certificate.findMany({ where: { tenantId: acme.tenantId, deviceId: device.id } }),
  );
  expect(certificates).toMatchObject([
    { state: "revoked", revocationReason: "cessation_of_operation" },
  ]);
  const { csrPem } = await makeRequest({});
  await expect(issueCertificate(admin, { deviceId: device.deviceId, csrPem })).rejects.toThrow(
    refused("conflict"),
  );
});

describe("credential.createPassword", () => {
  it("shows the password once, keeps its hash, and ends the one before", async () => {
    const { id, deviceId } = await createDevice(admin, { name: "Plain" });
    await createPassword(admin, { deviceId });

    const { username, password } = await createPassword(admin, { deviceId });

    expect(username).toBe(deviceId);
    const kept = await withTenant(admin, (tx) =>
      tx.deviceCredential.findMany({
        where: { tenantId: acme.tenantId, deviceId: id, revokedAt: null },
      }),
    );
    expect(kept).toHaveLength(1);
    expect(Buffer.from(kept[0]?.secretHash ?? [])).toEqual(
      createHash("sha256").update(password).digest(),
    );
    const events = await trail(admin, `device:${deviceId}`);
    expect(events.at(-1)).toMatchObject({
      actionCode: "credential.createPassword",
      payload: { replaced: 1 },
    });
    expect(JSON.stringify(events)).not.toContain(password);
  });

  it("is not for operators, not across tenants, not for a decommissioned device", async () => {
    const { deviceId } = await createDevice(admin, { name: "Plain" });

    await expect(createPassword(acme.ctx("operator"), { deviceId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(createPassword(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    await decommissionDevice(admin, { deviceId });
    await expect(createPassword(admin, { deviceId })).rejects.toThrow(refused("conflict"));
  });
});
