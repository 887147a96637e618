import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { upsertRefusedConnections } from "#server/db/upsert-refused-connections.ts";
import { withTenant } from "#server/db/tenant.ts";
import { writeDeviceSessions } from "#server/db/write-device-sessions.ts";
import { verifyAudit } from "#server/services/audit/verify.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import { releaseCertificate } from "#server/services/certificate/release.ts";
import { revocationImpact } from "#server/services/certificate/revocation-impact.ts";
import { revokeManyCertificates } from "#server/services/certificate/revoke-many.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { suspendCertificate } from "#server/services/certificate/suspend.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { listRevocations } from "#server/services/revocation/list.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";
import { revocationProofPdf } from "#server/services/revocation/proof-pdf.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const workerId = randomUUID();
let database: TestDatabase;
let owner: pg.Client;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let stranger: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  stranger = other.ctx("admin", { signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await owner.end();
  await database.drop();
});

const refused = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) }) as ServiceError;

/** A device with a certificate, used or not. */
async function equipped(more: { readonly used?: boolean } = {}) {
  const { deviceId } = await createDevice(admin, { name: "Device" });
  const issued = await issueWithKey(admin, { deviceId });
  const { certificateId: id, sha256, serial } = issued;
  if (more.used === true) await setState(id, "active");
  const { key } = await withTenant(admin, (tx) =>
    tx.device.findFirstOrThrow({ where: { deviceId }, select: { key: true } }),
  );
  return { deviceId, id, sha256, serial, key };
}

async function setState(id: string, state: string): Promise<void> {
  await owner.query(
    `UPDATE certificate SET state = $2::"CertificateState", activated_at = now() WHERE id = $1`,
    [id, state],
  );
}

async function stateOf(id: string): Promise<string> {
  const { rows } = await owner.query<{ state: string }>(
    "SELECT state FROM certificate WHERE id = $1",
    [id],
  );
  return rows[0]?.state ?? "";
}

async function lastEvent(target: string) {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, target },
      orderBy: { seq: "desc" },
      select: { actionCode: true, reason: true, outcome: true, payload: true, hash: true },
    }),
  );
}

/** As the worker writes that the device is connected with the certificate. */
async function connect(device: { key: bigint; sha256: string }, at: Date, connected = true) {
  const row = {
    tenantId: acme.tenantId,
    deviceKey: device.key,
    remoteAddress: "192.0.2.7",
    clientId: "c",
    protocol: "MQTT 5.0",
    tlsVersion: "TLSv1.3",
    tlsCipher: "TLS_AES_128_GCM_SHA256",
    certificateSha256: device.sha256,
  };
  const ended = connected ? null : new Date(at.getTime() + 500);
  const reason = connected ? null : "The certificate was revoked.";
  await writeDeviceSessions(
    database.ingest,
    [
      {
        ...row,
        connected,
        workerId,
        connectedAt: at,
        disconnectedAt: ended,
        disconnectReason: reason,
      },
    ],
    [
      {
        ...row,
        at: ended ?? at,
        kind: connected ? "connected" : "disconnected",
        reason,
        count: 1,
      },
    ],
  );
}

describe("a revocation is one transaction", () => {
  it("of state, outbox with what was known of the session, and audit", async () => {
    const device = await equipped({ used: true });
    const connectedAt = new Date(Date.now() + 1_000);
    await connect(device, connectedAt);

    const revoked = await revokeCertificate(admin, {
      certificateId: device.id,
      reason: "key_compromise",
    });

    const { rows } = await owner.query<Record<string, unknown>>(
      "SELECT * FROM certificate_revocation WHERE certificate_id = $1",
      [device.id],
    );
    expect(rows).toMatchObject([
      {
        id: revoked.revocationId,
        sha256: device.sha256,
        kind: "revoked",
        reason: "key_compromise",
        was_connected: true,
        last_session_at: connectedAt,
        last_message_at: null,
      },
    ]);
    expect(await lastEvent(`device:${device.deviceId}`)).toMatchObject({
      actionCode: "certificate.revoke",
      payload: { revocations: [revoked.revocationId], before: { state: "active" } },
    });
    const used = await owner.query<{ last_used_at: Date }>(
      "SELECT last_used_at FROM certificate WHERE id = $1",
      [device.id],
    );
    expect(used.rows[0]?.last_used_at).toEqual(connectedAt);
  });

  it("names a certificate by its fingerprint or serial number as OpenSSL prints them", async () => {
    const one = await equipped();
    const two = await equipped();
    const colons = (one.sha256.toUpperCase().match(/../g) ?? []).join(":");

    await revokeCertificate(admin, { certificateId: colons });
    await revokeCertificate(admin, { certificateId: two.serial.toUpperCase() });

    expect([await stateOf(one.id), await stateOf(two.id)]).toEqual(["revoked", "revoked"]);
  });

  it("refuses the listener's own certificate and a CA in words, and what nobody has", async () => {
    const sha256 = "ab".repeat(32);
    await owner.query(
      `INSERT INTO server_certificate (sha256, source, subject, issuer, serial, pem, hosts, key_algorithm, not_before, not_after)
       VALUES ($1, 'own-ca', 'CN=broker', 'CN=ca', '0a0b', '', '{}', 'EC P-256', now(), now())`,
      [sha256],
    );
    for (const certificateId of [sha256, "0A:0B"]) {
      await expect(revokeCertificate(admin, { certificateId })).rejects.toThrow(
        refused("conflict", "the listener itself"),
      );
    }
    await expect(revokeCertificate(admin, { certificateId: "ff".repeat(32) })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(revokeCertificate(admin, { certificateId: "the old one" })).rejects.toThrow(
      refused("invalid"),
    );
    await expect(
      revokeCertificate(admin, { certificateId: sha256, reason: "boredom" as "unspecified" }),
    ).rejects.toThrow(refused("invalid"));
  });

  it("a device that is decommissioned has the same proof", async () => {
    const device = await equipped();

    const ended = await decommissionDevice(admin, { deviceId: device.deviceId });

    expect(ended).toMatchObject({ certificatesRevoked: 1 });
    const proof = await revocationProof(admin, { revocationId: ended.revocations[0] ?? "" });
    expect(proof).toMatchObject({
      kind: "revoked",
      reason: "cessation_of_operation",
      audit: { action: "device.decommission" },
    });
  });
});

describe("certificate.suspend and certificate.release", () => {
  it("hold one certificate and give it back, with audit", async () => {
    const device = await equipped({ used: true });

    const held = await suspendCertificate(admin, { certificateId: device.id, reason: "Stolen?" });

    expect(await stateOf(device.id)).toBe("suspended");
    expect(await lastEvent(`device:${device.deviceId}`)).toMatchObject({
      actionCode: "certificate.suspend",
      reason: "Stolen?",
      payload: { revocations: [held.revocationId] },
    });
    await expect(suspendCertificate(admin, { certificateId: device.id })).rejects.toThrow(
      refused("conflict", "on hold already"),
    );

    const released = await releaseCertificate(admin, { certificateId: device.id });

    expect(released.state).toBe("active");
    expect(await stateOf(device.id)).toBe("active");
    expect(await lastEvent(`device:${device.deviceId}`)).toMatchObject({
      actionCode: "certificate.release",
      payload: { revocations: [held.revocationId], after: { state: "active" } },
    });
    const proof = await revocationProof(admin, { revocationId: held.revocationId });
    expect(proof).toMatchObject({ state: "released", verdict: { kind: "released" } });
    await expect(releaseCertificate(admin, { certificateId: device.id })).rejects.toThrow(
      refused("conflict", "not on hold"),
    );
  });

  it("a hold may end as a revocation, which is for good", async () => {
    const device = await equipped();
    const held = await suspendCertificate(admin, { certificateId: device.id });
    await revokeCertificate(admin, { certificateId: device.id });

    await expect(releaseCertificate(admin, { certificateId: device.id })).rejects.toThrow(
      refused("conflict", "for good"),
    );
    await expect(suspendCertificate(admin, { certificateId: device.id })).rejects.toThrow(
      refused("conflict", "for good"),
    );
    const proof = await revocationProof(admin, { revocationId: held.revocationId });
    expect(proof.state).toBe("replaced");
  });

  it("does not come back as the third that may be used", async () => {
    const device = await equipped({ used: true });
    await suspendCertificate(admin, { certificateId: device.id });
    await issueWithKey(admin, { deviceId: device.deviceId });
    await issueWithKey(admin, { deviceId: device.deviceId });

    await expect(releaseCertificate(admin, { certificateId: device.id })).rejects.toThrow(
      refused("conflict", "Two other certificates"),
    );
  });

  it.each([
    ["suspend", suspendCertificate],
    ["release", releaseCertificate],
  ])("%s is not for operators, and not across organisations", async (_, change) => {
    const { id: certificateId, deviceId } = await equipped();

    await expect(change(acme.ctx("operator"), { certificateId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(change(stranger, { certificateId })).rejects.toThrow(refused("not_found"));
    expect((await lastEvent(`device:${deviceId}`))?.actionCode).toBe("certificate.issueWithKey");
  });
});

describe("certificate.revokeMany", () => {
  async function tagged(tag: string, count: number) {
    const devices = [];
    for (let each = 0; each < count; each += 1) devices.push(await equipped());
    await owner.query("UPDATE device SET tags = ARRAY[$1] WHERE key = ANY($2)", [
      tag,
      devices.map(({ key }) => key.toString()),
    ]);
    return devices;
  }

  it("shows how far it reaches, and revokes what was confirmed, each with an event", async () => {
    const [one, two, three] = await tagged("roof", 3);
    await issueWithKey(admin, { deviceId: one?.deviceId ?? "" });
    await connect({ key: two?.key ?? 0n, sha256: two?.sha256 ?? "" }, new Date());
    const ids = [one, two, three].map((device) => device?.id ?? "");
    const filter = { tag: "roof" };

    expect(await revocationImpact(admin, { ids })).toMatchObject({
      certificates: 3,
      devices: 3,
      cutOff: 2,
      connected: 1,
    });
    expect(await revocationImpact(acme.ctx("viewer"), { filter })).toMatchObject({
      certificates: 4,
      devices: 3,
      cutOff: 3,
    });
    const reason = "superseded";
    await expect(revokeManyCertificates(admin, { filter, reason, expected: 3 })).rejects.toThrow(
      refused("conflict", "There are 4 such certificates now"),
    );

    const revoked = await revokeManyCertificates(admin, { ids, reason, expected: 3 });

    expect(revoked).toMatchObject({ certificates: 3, devices: 3, already: 0 });
    expect(await lastEvent(`certificates:${revoked.run}`)).toMatchObject({
      actionCode: "certificate.revokeMany",
      payload: { asked: 3, revoked: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    expect(await lastEvent(`device:${two?.deviceId}`)).toMatchObject({
      actionCode: "certificate.revoke",
      reason: "superseded",
      payload: { certificateId: two?.id, run: revoked.run },
    });
    expect(await verifyAudit(admin)).toMatchObject({ broken: null });
  });

  it("may be repeated after a crash: what is revoked stays as it is", async () => {
    const devices = await tagged("cellar", 2);
    const ids = devices.map(({ id }) => id);
    await revokeCertificate(admin, { certificateId: ids[0] ?? "", reason: "key_compromise" });

    const again = await revokeManyCertificates(admin, {
      ids,
      reason: "unspecified",
      expected: 2,
    });

    expect(again).toMatchObject({ certificates: 1, already: 1 });
    const { rows } = await owner.query("SELECT revocation_reason FROM certificate WHERE id = $1", [
      ids[0],
    ]);
    expect(rows).toEqual([{ revocation_reason: "key_compromise" }]);
  });

  it("is not for operators, finds nothing across organisations, and needs a selection", async () => {
    const { id, deviceId } = await equipped();
    const input = { ids: [id], reason: "unspecified" as const, expected: 1 };

    await expect(revokeManyCertificates(acme.ctx("operator"), input)).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(revokeManyCertificates(stranger, input)).rejects.toThrow(refused("conflict"));
    for (const wrong of [{}, { filter: {} }, { ids: [id], filter: { tag: "x" } }]) {
      await expect(
        revokeManyCertificates(admin, { ...wrong, reason: "unspecified", expected: 1 }),
      ).rejects.toThrow(refused("invalid"));
    }
    expect((await lastEvent(`device:${deviceId}`))?.actionCode).toBe("certificate.issueWithKey");
  });
});

describe("the proof of a revocation", () => {
  it("says who, when and why, that its sessions ended, and who tried since", async () => {
    const device = await equipped({ used: true });
    await connect(device, new Date());
    const revoked = await revokeCertificate(admin, {
      certificateId: device.id,
      reason: "key_compromise",
    });
    const before = await revocationProof(admin, { revocationId: revoked.revocationId });
    expect(before.verdict).toEqual({ kind: "pending", missing: ["session"] });

    await connect(device, new Date(), false);
    const refusal = {
      tenantId: acme.tenantId,
      claimedId: device.deviceId,
      deviceKey: device.key,
      reason: "revoked",
      detail: "It was revoked.",
      remedy: "",
      transport: "mqtts",
      sha256: device.sha256,
      firstAt: new Date(),
    };
    await upsertRefusedConnections(database.ingest, [
      { ...refusal, remote: "192.0.2.7", count: 3, attempts: 2, lastAt: new Date() },
      { ...refusal, remote: "192.0.2.8", count: 1, attempts: 1, lastAt: new Date(Date.now() + 9) },
    ]);
    await owner.query("UPDATE certificate_revocation SET crl_number = 12, crl_at = now()");

    const proof = await revocationProof(acme.ctx("auditor"), {
      revocationId: revoked.revocationId,
    });

    expect(proof).toMatchObject({
      organisation: "acme",
      device: { deviceId: device.deviceId },
      reason: "key_compromise",
      crl: { number: "12" },
      listed: "yes",
      attempts: 3,
      lastAttempt: { remote: "192.0.2.8" },
      session: { connected: false, endReason: "The certificate was revoked." },
      verdict: { kind: "dead", missing: [] },
    });
    expect(proof.refused.map(({ remote }) => remote)).toEqual(["192.0.2.8", "192.0.2.7"]);
    const event = await lastEvent(`device:${device.deviceId}`);
    expect(proof.audit?.hash).toBe(Buffer.from(event?.hash ?? []).toString("hex"));
    expect((await revocationProofPdf(proof)).subarray(0, 5).toString()).toBe("%PDF-");
  });

  it("is listed by state and found by fingerprint, page by page", async () => {
    const all = await listRevocations(admin, { limit: 2 });
    expect(all.revocations).toHaveLength(2);
    const next = await listRevocations(admin, { limit: 2, cursor: all.next ?? "" });
    expect(next.revocations[0]?.id).not.toBe(all.revocations[1]?.id);
    const trying = await listRevocations(admin, { state: "trying" });
    expect(trying.revocations).toHaveLength(1);
    expect(trying.counts).toMatchObject({ trying: 1, released: 1 });
    const found = await listRevocations(admin, { q: trying.revocations[0]?.sha256 });
    expect(found.revocations).toHaveLength(1);
    expect((await listRevocations(stranger, {})).revocations).toEqual([]);
    await expect(listRevocations(admin, { cursor: "x" })).rejects.toThrow(refused("invalid"));
    await expect(
      revocationProof(stranger, { revocationId: found.revocations[0]?.id ?? "" }),
    ).rejects.toThrow(refused("not_found"));
  });
});
