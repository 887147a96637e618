import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { askRenewal } from "#server/services/certificate/ask-renewal.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { renewCertificate } from "#server/services/certificate/renew.ts";
import { deviceRotation } from "#server/services/certificate/rotation.ts";
import { renewExpired } from "#server/services/certificate/renew-expired.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createTicket } from "#server/services/renewal-ticket/create.ts";
import { listTickets } from "#server/services/renewal-ticket/list.ts";
import { redeemTicket } from "#server/services/renewal-ticket/redeem.ts";
import { revokeTicket } from "#server/services/renewal-ticket/revoke.ts";
import { handleOf, openRequest, startStoreBench, subscription } from "#server/testing/broker.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const dayMs = 86_400_000;

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let stranger: Context;
let aheadMs = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  const now = () => new Date(Date.now() + aheadMs);
  admin = acme.ctx("admin", { signer: ca.signer, now });
  stranger = other.ctx("admin", { signer: ca.signer, now });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) }) as ServiceError;

async function setPolicy(policy: Readonly<Record<string, unknown>>): Promise<void> {
  const { tenantId, profileId } = acme;
  await withTenant(admin, (tx) =>
    tx.profile.update({
      where: { tenantId_id: { tenantId, id: profileId } },
      data: { certificatePolicy: policy as never },
    }),
  );
}

/** A device with a certificate that it has, issued now. */
async function equipped() {
  const { deviceId, id } = await createDevice(admin, { name: "Device" });
  const { csrPem } = await makeRequest({});
  const issued = await issueCertificate(admin, { deviceId, csrPem });
  return { ...issued, deviceId, deviceUuid: id };
}

async function certificate(id: string) {
  return withTenant(admin, (tx) =>
    tx.certificate.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: acme.tenantId, id } },
      select: { state: true, renewalDueAt: true, followsId: true, notBefore: true, notAfter: true },
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

async function runOut(id: string): Promise<void> {
  await withTenant(admin, (tx) =>
    tx.certificate.update({
      where: { tenantId_id: { tenantId: acme.tenantId, id } },
      data: { notAfter: new Date(Date.now() - 200 * dayMs) },
    }),
  );
}

/** What holds while the clock is ahead by so much. */
async function after<T>(ms: number, work: () => Promise<T>): Promise<T> {
  aheadMs = ms;
  try {
    return await work();
  } finally {
    aheadMs = 0;
  }
}

describe("what a certificate is issued with", () => {
  it("has a due date where the device renews it, and names the one that it follows", async () => {
    await setPolicy({ renewal: "automatic" });
    const { deviceId, sha256, certificateId } = await equipped();
    const { csrPem } = await makeRequest({ commonName: deviceId });

    const renewed = await renewCertificate(admin, { deviceId, csrPem, sha256 });

    const row = await certificate(renewed.certificateId);
    expect(row.followsId).toBe(certificateId);
    const share =
      ((row.renewalDueAt?.getTime() ?? 0) - row.notBefore.getTime()) /
      (row.notAfter.getTime() - row.notBefore.getTime());
    expect(share).toBeGreaterThan(0.59);
    expect(share).toBeLessThan(0.74);
    expect(renewed.chainPem).toContain("BEGIN CERTIFICATE");
    const again = await renewCertificate(admin, { deviceId, csrPem, sha256 });
    expect(again).toEqual({ ...renewed, repeated: true });
  });

  it("has none where people renew it", async () => {
    await setPolicy({ renewal: "manual" });
    expect((await certificate((await equipped()).certificateId)).renewalDueAt).toBeNull();
  });
});

describe("certificate.askRenewal", () => {
  it("is queued for a device that sleeps, and says in the audit trail who heard it", async () => {
    const { deviceId, certificateId, deviceUuid } = await equipped();
    const { key } = await withTenant(admin, (tx) =>
      tx.device.findFirstOrThrow({ where: { id: deviceUuid }, select: { key: true } }),
    );
    const store = await startStoreBench(database.ingest);
    const owner = { kind: "device", deviceKey: key } as const;
    const request = openRequest(acme.tenantId, owner, { clientId: deviceId });
    const handle = handleOf(request, await store.open(request));
    await store.subscribe(handle, [subscription(`qs/v1/d/${deviceId}/dn/#`)]);
    await store.close(handle, { expirySeconds: 3_600, willDueAt: undefined });

    const asked = await askRenewal(acme.ctx("operator"), { deviceId, reason: "CA is replaced." });

    expect(asked).toEqual({ deviceId, sessions: 1 });
    expect(await lastEvent(deviceId)).toMatchObject({
      actionCode: "certificate.askRenewal",
      reason: "CA is replaced.",
      payload: { certificateId, sessions: 1 },
    });
    const { queued } = await store.open(request);
    expect(queued.map(({ publication, qos }) => [publication.topic, qos])).toEqual([
      [`qs/v1/d/${deviceId}/dn/certificate/renew`, 1],
    ]);
    expect(JSON.parse(String(queued[0]?.publication.payload))).toEqual({
      reason: "CA is replaced.",
      by: "system:test",
      dueAt: null,
    });
    await store.stop(1_000);
  });

  it("tells that nobody heard it", async () => {
    const { deviceId } = await equipped();
    expect(await askRenewal(admin, { deviceId })).toEqual({ deviceId, sessions: 0 });
  });

  it("is not for viewers, not across organisations, not for a device out of service or without a certificate", async () => {
    const { deviceId } = await equipped();
    const bare = await createDevice(admin, { name: "Bare" });
    await expect(askRenewal(acme.ctx("viewer"), { deviceId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(askRenewal(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    await expect(askRenewal(admin, { deviceId: bare.deviceId })).rejects.toThrow(
      refused("conflict", "no certificate"),
    );
    await suspendDevice(admin, { deviceId });
    await expect(askRenewal(admin, { deviceId })).rejects.toThrow(refused("conflict", "suspended"));
  });
});

describe("certificate.renewExpired", () => {
  it.each([
    ["off", 91, "does not let devices renew"],
    ["grace", 105, "lets devices renew it for 14 days"],
    ["ticket", 91, "asks for a ticket"],
  ])("is refused in words: %s, after %d days", async (expiredRenewal, days, words) => {
    await setPolicy({ expiredRenewal });
    const { deviceId, sha256 } = await equipped();
    const { csrPem } = await makeRequest({ commonName: deviceId });
    await after(days * dayMs, async () => {
      await expect(renewExpired(admin, { deviceId, csrPem, sha256 })).rejects.toThrow(
        refused("forbidden", words),
      );
    });
  });

  it("is granted within the grace, but not for one that did not count, nor to others", async () => {
    await setPolicy({ expiredRenewal: "grace" });
    const { deviceId, sha256, certificateId } = await equipped();
    const { csrPem } = await makeRequest({ commonName: deviceId });
    const asked = { deviceId, csrPem, sha256 };
    await after(100 * dayMs, async () => {
      const { certificateId: renewed } = await renewExpired(admin, asked);
      expect((await certificate(renewed)).followsId).toBe(certificateId);
      expect(await lastEvent(deviceId)).toMatchObject({
        actionCode: "certificate.renewExpired",
        payload: { follows: sha256, expiredAt: expect.any(String) },
      });
      await expect(renewExpired(acme.ctx("operator"), asked)).rejects.toThrow(refused("forbidden"));
      await expect(renewExpired(stranger, asked)).rejects.toThrow(refused("not_found"));
      await withTenant(admin, (tx) =>
        tx.certificate.updateMany({ where: { sha256 }, data: { state: "suspended" } }),
      );
      await expect(renewExpired(admin, asked)).rejects.toThrow(
        refused("conflict", "did not count"),
      );
    });
  });
});

describe("renewal tickets", () => {
  it("a ticket renews once what has run out, and the same request again is answered alike", async () => {
    await setPolicy({ expiredRenewal: "ticket" });
    const { deviceId, certificateId } = await equipped();
    await runOut(certificateId);
    const { csrPem } = await makeRequest({ commonName: deviceId });
    const { code, ticketId } = await createTicket(admin, { deviceId });
    expect(code).toMatch(/^qst_[\w-]{22}$/);
    expect(JSON.stringify(await lastEvent(deviceId))).not.toContain(code.slice(4));

    const renewed = await redeemTicket(admin, { deviceId, csrPem, code });

    expect((await certificate(renewed.certificateId)).followsId).toBe(certificateId);
    const again = await redeemTicket(admin, { deviceId, csrPem, code });
    expect(again).toEqual({ ...renewed, repeated: true });
    const { csrPem: another } = await makeRequest({ commonName: deviceId });
    await expect(redeemTicket(admin, { deviceId, csrPem: another, code })).rejects.toThrow(
      refused("forbidden", "used"),
    );
    expect(await listTickets(acme.ctx("viewer"), { deviceId })).toMatchObject([
      { id: ticketId, state: "used", certificateId: renewed.certificateId },
    ]);
    await expect(revokeTicket(admin, { deviceId, ticketId })).rejects.toThrow(
      refused("conflict", "used"),
    );
  });

  it("counts for its device, its time, its profile, and until it is revoked", async () => {
    await setPolicy({ expiredRenewal: "ticket" });
    const { deviceId } = await equipped();
    const other = await equipped();
    const { csrPem } = await makeRequest({ commonName: deviceId });
    const early = await createTicket(admin, { deviceId });
    await expect(redeemTicket(admin, { deviceId, csrPem, code: early.code })).rejects.toThrow(
      refused("conflict", "no ticket is needed"),
    );
    await after(100 * dayMs, async () => {
      const redeem = (code: string, id = deviceId) =>
        redeemTicket(admin, { deviceId: id, csrPem, code });
      await expect(redeem(early.code)).rejects.toThrow(refused("forbidden", "expired"));
      const { code, ticketId } = await createTicket(admin, { deviceId });
      await expect(redeem(code, other.deviceId)).rejects.toThrow(
        refused("forbidden", "not one of"),
      );
      await setPolicy({ expiredRenewal: "off" });
      await expect(redeem(code)).rejects.toThrow(refused("forbidden", "takes no tickets"));
      await setPolicy({ expiredRenewal: "ticket" });
      await expect(redeemTicket(acme.ctx("operator"), { deviceId, csrPem, code })).rejects.toThrow(
        refused("forbidden"),
      );
      await expect(redeemTicket(stranger, { deviceId, csrPem, code })).rejects.toThrow(
        refused("not_found"),
      );
      await revokeTicket(admin, { deviceId, ticketId });
      expect(await lastEvent(deviceId)).toMatchObject({
        actionCode: "renewalTicket.revoke",
        payload: { ticketId },
      });
      await expect(redeem(code)).rejects.toThrow(refused("forbidden", "revoked"));
    });
  });

  it("are made and revoked by administrators, in their organisation, where the profile takes them", async () => {
    await setPolicy({ expiredRenewal: "ticket" });
    const { deviceId } = await equipped();
    const { ticketId } = await createTicket(admin, { deviceId });
    const operator = acme.ctx("operator");
    await expect(createTicket(operator, { deviceId })).rejects.toThrow(refused("forbidden"));
    await expect(createTicket(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    await expect(createTicket(admin, { deviceId, days: 91 })).rejects.toThrow(refused("invalid"));
    await expect(revokeTicket(operator, { deviceId, ticketId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(revokeTicket(stranger, { deviceId, ticketId })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(listTickets(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    await setPolicy({ expiredRenewal: "grace" });
    await expect(createTicket(admin, { deviceId })).rejects.toThrow(
      refused("conflict", "takes no tickets"),
    );
  });
});

describe("certificate.rotation", () => {
  it("says where a device stands, who was asked, and what stands in the way", async () => {
    await setPolicy({ renewal: "automatic", expiredRenewal: "grace" });
    const { deviceId } = await equipped();
    const viewer = acme.ctx("viewer", { now: admin.now });

    expect(await deviceRotation(viewer, { deviceId })).toMatchObject({
      policy: { renewal: "automatic", expiredRenewal: "grace", graceDays: 14 },
      current: { state: "fresh" },
      subscribes: false,
      asked: null,
      problem: null,
    });
    await askRenewal(admin, { deviceId });
    await after(68 * dayMs, async () => {
      expect(await deviceRotation(viewer, { deviceId })).toMatchObject({
        current: { state: expect.stringMatching(/^(due|overdue)$/) },
        asked: { sessions: 0 },
        problem: { kind: "offline" },
      });
    });
    await expect(deviceRotation(stranger, { deviceId })).rejects.toThrow(refused("not_found"));
    const bare = await createDevice(admin, { name: "Bare" });
    expect(await deviceRotation(admin, { deviceId: bare.deviceId })).toBeNull();
  });
});
