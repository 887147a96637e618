import { createPrivateKey, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
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
let admin: Context;
let stranger: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  stranger = other.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

async function newDevice(ctx: Context = admin): Promise<string> {
  return (await createDevice(ctx, { name: "Device" })).deviceId;
}

async function certificatesOf(deviceId: string) {
  return withTenant(admin, (tx) =>
    tx.certificate.findMany({
      where: { tenantId: acme.tenantId, device: { deviceId } },
      orderBy: { issuedAt: "asc" },
      select: { id: true, sha256: true, state: true, revocationReason: true },
    }),
  );
}

async function lastEvent(deviceId: string) {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, target: `device:${deviceId}` },
      orderBy: { seq: "desc" },
      select: { actionCode: true, reason: true, payload: true },
    }),
  );
}

describe("certificate.issue", () => {
  it("signs a pasted request, records it, and tells the workers", async () => {
    const deviceId = await newDevice();
    const { csrPem } = await makeRequest({ key: { name: "RSA", bits: 2048 } });
    const told = await waitForControl(database);

    const issued = await issueCertificate(admin, { deviceId, csrPem });

    expect(await told.next()).toMatchObject({ kind: "device" });
    expect(issued.warnings).toHaveLength(1);
    expect(issued.chainPem).toBe(ca.authority.issuingPem + ca.authority.rootPem);
    const rows = await certificatesOf(deviceId);
    expect(rows).toMatchObject([{ state: "issued", sha256: issued.sha256 }]);
    expect(await lastEvent(deviceId)).toMatchObject({
      actionCode: "certificate.issue",
      payload: { sha256: issued.sha256, keyAlgorithm: "RSA 2048", retired: [] },
    });
    await told.stop();
  });

  it("a device is not made together with a request that asks to be a CA", async () => {
    const { csrPem } = await makeRequest({ greedy: true });
    const count = () =>
      withTenant(admin, (tx) => tx.device.count({ where: { tenantId: acme.tenantId } }));
    const before = await count();

    await expect(createDeviceWithCertificate(admin, { name: "Greedy", csrPem })).rejects.toThrow(
      /CA:TRUE/,
    );

    expect(await count()).toBe(before);
  });

  it("is not for operators", async () => {
    const { csrPem } = await makeRequest({});

    await expect(issueCertificate(acme.ctx("operator"), { deviceId: "x", csrPem })).rejects.toThrow(
      refused("forbidden"),
    );
  });

  it("another tenant's device is not found", async () => {
    const deviceId = await newDevice();
    const { csrPem } = await makeRequest({});

    await expect(issueCertificate(stranger, { deviceId, csrPem })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("a suspended device gets none", async () => {
    const deviceId = await newDevice();
    await suspendDevice(admin, { deviceId });
    const { csrPem } = await makeRequest({});

    await expect(issueCertificate(admin, { deviceId, csrPem })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it.each([
    ["a weak key", () => makeRequest({ key: { name: "RSA", bits: 1024 } }), /too short/],
    ["another device's name", () => makeRequest({ commonName: "pump-99" }), /common name/],
    ["to be a CA", () => makeRequest({ greedy: true }), /CA:TRUE/],
    [
      "further names",
      () => makeRequest({ names: [{ type: "dns", value: "broker.example" }] }),
      /further name “broker\.example”/,
    ],
    ["no request", () => Promise.resolve({ csrPem: "hello" }), /PEM form/],
  ])("%s is refused at the field, in words", async (_, make, words) => {
    const deviceId = await newDevice();
    const { csrPem } = await make();

    const issuing = issueCertificate(admin, { deviceId, csrPem });

    await expect(issuing).rejects.toThrow(
      expect.objectContaining({
        code: "invalid",
        fields: [{ path: "csrPem", message: expect.stringMatching(words) as string }],
      }) as ServiceError,
    );
    expect(await certificatesOf(deviceId)).toEqual([]);
  });

  it("nothing is issued while the signer is away", async () => {
    const deviceId = await newDevice();
    const { csrPem } = await makeRequest({});

    await expect(issueCertificate(acme.ctx("admin"), { deviceId, csrPem })).rejects.toThrow(
      refused("unavailable"),
    );
    expect(await certificatesOf(deviceId)).toEqual([]);
  });
});

describe("a public key belongs to one device", () => {
  it.each([
    ["of the same tenant", () => admin],
    ["of another tenant", () => stranger],
  ])("a key of a device %s is a conflict", async (_, owner) => {
    const { csrPem } = await makeRequest({});
    await issueCertificate(owner(), { deviceId: await newDevice(owner()), csrPem });

    const issuing = issueCertificate(admin, { deviceId: await newDevice(), csrPem });

    await expect(issuing).rejects.toThrow(refused("conflict"));
    await expect(issuing).rejects.toThrow("belongs to another device");
  });

  it("of two issues at once for two devices one wins", async () => {
    const { csrPem } = await makeRequest({});
    const [one, two] = [await newDevice(), await newDevice(stranger)];

    const results = await Promise.allSettled([
      issueCertificate(admin, { deviceId: one, csrPem }),
      issueCertificate(stranger, { deviceId: two, csrPem }),
    ]);

    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("the same device may renew with its key, but not after the key was compromised", async () => {
    const deviceId = await newDevice();
    const { csrPem } = await makeRequest({});
    const first = await issueCertificate(admin, { deviceId, csrPem });
    await issueCertificate(admin, { deviceId, csrPem });

    await revokeCertificate(admin, {
      certificateId: first.certificateId,
      reason: "key_compromise",
    });

    await expect(issueCertificate(admin, { deviceId, csrPem })).rejects.toThrow(
      refused("conflict"),
    );
  });
});

describe("two certificates of a device are usable at once", () => {
  it("a third retires the older unused one and keeps the one in use", async () => {
    const deviceId = await newDevice();
    const used = await issueWithKey(admin, { deviceId });
    await withTenant(admin, (tx) =>
      tx.certificate.updateMany({
        where: { tenantId: acme.tenantId, sha256: used.sha256 },
        data: { state: "active" },
      }),
    );
    const unused = await issueWithKey(admin, { deviceId });

    await issueWithKey(admin, { deviceId });

    expect((await certificatesOf(deviceId)).map(({ state }) => state)).toEqual([
      "active",
      "retired",
      "issued",
    ]);
    expect((await lastEvent(deviceId))?.payload).toMatchObject({ retired: [unused.sha256] });
  });

  it("also when three are asked for at once", async () => {
    const deviceId = await newDevice();

    await Promise.all([1, 2, 3].map(() => issueWithKey(admin, { deviceId })));

    const states = (await certificatesOf(deviceId)).map(({ state }) => state);
    expect(states.toSorted()).toEqual(["issued", "issued", "retired"]);
  });
});

describe("certificate.issueWithKey", () => {
  it("hands the key out once and keeps it nowhere", async () => {
    const deviceId = await newDevice();

    const issued = await issueWithKey(admin, { deviceId });

    const leaf = new X509Certificate(issued.certificatePem);
    expect(leaf.checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true);
    expect(issued.pkcs12Password).toHaveLength(24);
    expect(Buffer.from(issued.pkcs12Base64, "base64")[0]).toBe(0x30);
    const everything = JSON.stringify([await lastEvent(deviceId), await certificatesOf(deviceId)]);
    const secret = issued.privateKeyPem.split("\n")[1] ?? "missing";
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(issued.pkcs12Password);
  });

  it.each([["short"], ["p\u00e4ssword-of-length"]])(
    "the password %j is invalid",
    async (pkcs12Password) => {
      const deviceId = await newDevice();

      await expect(issueWithKey(admin, { deviceId, pkcs12Password })).rejects.toThrow(
        refused("invalid"),
      );
    },
  );

  it("is not for viewers, not across tenants, not for a suspended device", async () => {
    const deviceId = await newDevice();

    await expect(issueWithKey(acme.ctx("viewer"), { deviceId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(issueWithKey(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    await suspendDevice(admin, { deviceId });
    await expect(issueWithKey(admin, { deviceId })).rejects.toThrow(refused("conflict"));
  });
});

describe("certificate.revoke", () => {
  it("revokes for good, records why, and tells the workers", async () => {
    const deviceId = await newDevice();
    const { certificateId, sha256 } = await issueWithKey(admin, { deviceId });
    const told = await waitForControl(database);

    const revoked = await revokeCertificate(admin, { certificateId, reason: "key_compromise" });

    expect(revoked).toMatchObject({ certificateId, deviceId, sha256 });
    expect(await told.next()).toMatchObject({ kind: "revocation", tenantId: acme.tenantId });
    expect(await certificatesOf(deviceId)).toMatchObject([
      { state: "revoked", revocationReason: "key_compromise" },
    ]);
    expect(await lastEvent(deviceId)).toMatchObject({
      actionCode: "certificate.revoke",
      reason: "key_compromise",
      payload: { sha256 },
    });
    await expect(revokeCertificate(admin, { certificateId })).rejects.toThrow(refused("conflict"));
    await told.stop();
  });

  it("is not for operators, and another tenant's certificate is not found", async () => {
    const { certificateId } = await issueWithKey(admin, { deviceId: await newDevice() });

    await expect(revokeCertificate(acme.ctx("operator"), { certificateId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(revokeCertificate(stranger, { certificateId })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

it("the CA's certificates are recorded once, by console and worker alike", async () => {
  await recordAuthorities(database.app, ca.dataDir);
  await recordAuthorities(database.ingest, ca.dataDir);

  const rows = await database.app.prisma.certificateAuthority.findMany({
    orderBy: { kind: "asc" },
  });

  expect(rows).toMatchObject([
    { kind: "issuing", pem: ca.authority.issuingPem },
    { kind: "root", pem: ca.authority.rootPem },
  ]);
});
