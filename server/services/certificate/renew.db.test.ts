import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { renewCertificate } from "#server/services/certificate/renew.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
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
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  stranger = other.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) }) as ServiceError;

/** A device with a certificate that it has. */
async function equipped() {
  const { deviceId } = await createDevice(admin, { name: "Device" });
  const { csrPem } = await makeRequest({});
  return issueCertificate(admin, { deviceId, csrPem });
}

async function statesOf(deviceId: string) {
  const rows = await withTenant(admin, (tx) =>
    tx.certificate.findMany({
      where: { tenantId: acme.tenantId, device: { deviceId } },
      orderBy: { issuedAt: "asc" },
      select: { state: true },
    }),
  );
  return rows.map(({ state }) => state);
}

async function lastPayload(deviceId: string) {
  const event = await withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, target: `device:${deviceId}` },
      orderBy: { seq: "desc" },
      select: { actionCode: true, payload: true },
    }),
  );
  return event;
}

describe("certificate.renew", () => {
  it("issues the certificate that follows, and the one that was shown still counts", async () => {
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest({ commonName: deviceId });
    const told = await waitForControl(database);

    const renewed = await renewCertificate(admin, { deviceId, csrPem, sha256 });

    expect(await told.next()).toMatchObject({ kind: "device" });
    await told.stop();
    expect(renewed.repeated).toBe(false);
    expect(describeCertificate(renewed.certificatePem).cn).toBe(deviceId);
    expect(await statesOf(deviceId)).toEqual(["issued", "issued"]);
    expect(await lastPayload(deviceId)).toMatchObject({
      actionCode: "certificate.renew",
      payload: { certificateId: renewed.certificateId, follows: sha256 },
    });
  });

  it("answers the same request again with the same certificate", async () => {
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest({ commonName: deviceId });
    const first = await renewCertificate(admin, { deviceId, csrPem, sha256 });

    const again = await renewCertificate(admin, { deviceId, csrPem, sha256 });

    expect(again).toEqual({ ...first, repeated: true });
    expect(await statesOf(deviceId)).toHaveLength(2);
    expect(await lastPayload(deviceId)).toMatchObject({ payload: { repeated: true } });
  });

  it("takes a request that names the same subject", async () => {
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest({});

    await expect(renewCertificate(admin, { deviceId, csrPem, sha256 })).resolves.toBeDefined();
  });

  it.each([
    ["another device", { commonName: "somebody-else" }, "the certificate that it is to follow"],
    ["to be a CA", { greedy: true }, "CA:TRUE"],
    [
      "further names",
      { names: [{ type: "dns", value: "broker.example" }] },
      "The request asks for the further name “broker.example”. Make it without subject alternative names.",
    ],
    ["a weak key", { key: { name: "RSA", bits: 1024 } }, "An RSA key of 1024 bits is too short."],
  ] as const)("a request for %s is refused in words", async (_, request, words) => {
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest(request);

    await expect(renewCertificate(admin, { deviceId, csrPem, sha256 })).rejects.toThrow(
      refused("invalid", words),
    );
  });

  it("is not for operators", async () => {
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest({});

    await expect(
      renewCertificate(acme.ctx("operator"), { deviceId, csrPem, sha256 }),
    ).rejects.toThrow(refused("forbidden"));
  });

  it("another tenant's device is not found", async () => {
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest({});

    await expect(renewCertificate(stranger, { deviceId, csrPem, sha256 })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("a suspended device and a revoked certificate get none", async () => {
    const { deviceId, sha256, certificateId } = await equipped();
    const { csrPem } = await makeRequest({});
    await suspendDevice(admin, { deviceId });
    await expect(renewCertificate(admin, { deviceId, csrPem, sha256 })).rejects.toThrow(
      refused("conflict", "is suspended"),
    );

    const other = await equipped();
    await revokeCertificate(admin, { certificateId: other.certificateId });
    await expect(
      renewCertificate(admin, { deviceId: other.deviceId, csrPem, sha256: other.sha256 }),
    ).rejects.toThrow(refused("conflict", "may not be used any more"));
    expect(certificateId).not.toBe(other.certificateId);
  });
});
