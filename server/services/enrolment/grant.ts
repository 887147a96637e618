import type { Tx } from "#server/db/client.ts";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { readChain, readTrustedRoots } from "#server/services/authority/chain.ts";
import {
  issueFor,
  requireOwnKey,
  retireSurplus,
  type IssuedCertificate,
} from "#server/services/certificate/internal.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { endSasKey, writeSasKey } from "#server/services/device/write-sas-key.ts";
import type { EnrolledDevice, EnrolmentEvidence } from "#server/services/enrolment/answer.ts";
import { readSasKey } from "#server/services/enrolment/find-existing.ts";
import { EnrolmentStopped } from "#server/services/enrolment/internal.ts";
import type { ReadAsk } from "#server/services/enrolment/read-ask.ts";
import { ServiceError, type ServiceErrorCode } from "#server/services/errors.ts";

type At = {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly device: EnrolledDevice;
  readonly ask: ReadAsk;
};

/** What a device got. */
export type Granted = {
  /** UUID of its certificate. */
  readonly certificateId: string | null;
  /** Of a `csr`. */
  readonly issued: IssuedCertificate | null;
};

const stops: Partial<Record<ServiceErrorCode, EnrolmentRefusal>> = {
  invalid: "csr-refused",
  conflict: "key-in-use",
  unavailable: "signer-unavailable",
};

/** What the certificate services refuse becomes a refusal of the enrolment; the rest is an outage. */
async function stopping<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const reason = stops[error.code];
    if (reason === undefined) throw error;
    throw new EnrolmentStopped(reason, error.message);
  }
}

async function grantRequest({ ctx, tx, device }: At, csrPem: string): Promise<Granted> {
  const { issued, audit } = await stopping(() => issueFor({ ctx, tx, device, csrPem }));
  await appendAudit(tx, ctx, { ...audit, action: "certificate.issue" });
  return { certificateId: issued.certificateId, issued };
}

/** A certificate that its CA has made: it counts from now on, as if the device had used it already. */
async function grantPresented({ ctx, tx, device, ask }: At, pem: string): Promise<Granted> {
  const { cn: _, sanUuid: __, ...described } = describeCertificate(pem);
  const { tenantId } = ctx;
  const there = await tx.certificate.findFirst({
    where: { tenantId, deviceId: device.id, sha256: described.sha256 },
    select: { id: true },
  });
  if (there !== null) return { certificateId: there.id, issued: null };
  const spkiSha256 = ask.spkiSha256 ?? described.spkiSha256;
  await stopping(() => requireOwnKey({ ctx, tx, device }, { spkiSha256 }));
  const retired = await retireSurplus({ ctx, tx, device });
  await tx.certificate.updateMany({
    where: { tenantId, deviceId: device.id, state: "active" },
    data: { state: "superseded" },
  });
  const rows = await tx.certificate.createManyAndReturn({
    data: [
      {
        ...described,
        spkiSha256,
        tenantId,
        deviceId: device.id,
        pem,
        state: "active" as const,
        issuedAt: ctx.now(),
        activatedAt: ctx.now(),
        issuedBy: actorName(ctx.actor),
      },
    ],
    // Another device, of whichever organisation, may have shown the same certificate.
    skipDuplicates: true,
    select: { id: true },
  });
  const row = rows[0];
  if (row === undefined) {
    throw new EnrolmentStopped("key-in-use", "This certificate already belongs to another device.");
  }
  const { sha256, serial, subject, issuer } = described;
  await appendAudit(tx, ctx, {
    action: "certificate.register",
    target: deviceTarget(device),
    payload: { certificateId: row.id, sha256, serial, subject, issuer, retired },
  });
  return { certificateId: row.id, issued: null };
}

/** The derived key as the device's primary; one of an older group key gives way to it. */
async function grantKey({ ctx, tx, device }: At, key: string): Promise<Granted> {
  const none = { certificateId: null, issued: null };
  const kept = await readSasKey({ ctx, tx }, device.id);
  if (kept?.key === key) return none;
  await endSasKey(tx, ctx, { device, slot: "primary" });
  const { credentialId } = await writeSasKey(tx, ctx, { device, slot: "primary", key });
  await appendAudit(tx, ctx, {
    action: "credential.createSasKey",
    target: deviceTarget(device),
    payload: { kind: "sas-primary", credential: credentialId, brought: true },
  });
  return none;
}

/**
 * Gives a device what it asks for, in the transaction that made or found the device.
 * @throws EnrolmentStopped
 */
export async function grant(at: At, wanted: EnrolmentEvidence["ask"]): Promise<Granted> {
  switch (wanted.kind) {
    case "csr":
      return grantRequest(at, wanted.csrPem);
    case "certificate":
      return grantPresented(at, wanted.pem);
    case "sas":
      return grantKey(at, wanted.key);
  }
}

/** The certificate that was issued for the same request before, when it can still be used. */
export async function findGranted(
  { ctx, tx, device, ask }: At,
  certificateId: string | null,
): Promise<IssuedCertificate | undefined> {
  if (certificateId === null) return undefined;
  const row = await tx.certificate.findFirst({
    where: {
      tenantId: ctx.tenantId,
      id: certificateId,
      deviceId: device.id,
      state: { in: ["issued", "active", "superseded"] },
      notAfter: { gt: ctx.now() },
    },
    select: { id: true, pem: true, sha256: true, serial: true, issuer: true, notAfter: true },
  });
  if (row === null) return undefined;
  const chainPem = await readChain(tx, row.issuer);
  if (chainPem === "") return undefined;
  return {
    certificateId: row.id,
    deviceId: device.deviceId,
    certificatePem: row.pem,
    chainPem,
    caPem: await readTrustedRoots(tx, chainPem),
    sha256: row.sha256,
    serial: row.serial,
    notAfter: row.notAfter.toISOString(),
    warnings: ask.warnings,
  };
}
