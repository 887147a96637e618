import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { spkiInUse } from "#server/db/spki-in-use.ts";
import type { CertificatePolicy } from "#server/domain/profile-parts.ts";
import { certificatePolicy } from "#server/domain/profile-parts-schema.ts";
import { renewalDueAt } from "#server/domain/renewal.ts";
import { checkCsr, type RequestedKey } from "#server/pki/csr-policy.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { namesOfDevice } from "#server/pki/request-names.ts";
import {
  SignerRefusal,
  SignerUnavailable,
  type CertificateRequest,
  type SignedCertificate,
} from "#server/pki/signer-client.ts";
import type { AuditEntry } from "#server/services/audit/append.ts";
import { readTrustedRoots } from "#server/services/authority/chain.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A certificate and what a device needs with it. Times are ISO 8601 in UTC. */
export type IssuedCertificate = {
  readonly certificateId: string;
  readonly deviceId: string;
  readonly certificatePem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
  /** The root by which the device knows the server; two while another takes over. */
  readonly caPem: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly serial: string;
  readonly notAfter: string;
  readonly warnings: readonly string[];
};

type Device = Pick<LockedDevice, "id" | "deviceId" | "profileId">;
type At = { readonly ctx: Context; readonly tx: Tx; readonly device: Device };

/** Certificates of one device that may be accepted at once, the new one included. */
const usableAtOnce = 2;

function refusedCsr(message: string): ServiceError {
  return new ServiceError("invalid", message, { fields: [{ path: "csrPem", message }] });
}

/** @throws ServiceError invalid (the request breaks policy), unavailable (the signer is away) */
export async function sign(ctx: Context, request: CertificateRequest): Promise<SignedCertificate> {
  try {
    return await ctx.signer.sign(request);
  } catch (error) {
    if (error instanceof SignerRefusal) throw refusedCsr(error.message);
    if (error instanceof SignerUnavailable) {
      throw new ServiceError("unavailable", "The signer does not answer, so nothing was issued.", {
        remedy: "Try again in a moment. If it lasts, check that the signer process runs.",
      });
    }
    throw error;
  }
}

/**
 * A key belongs to one device, and never comes back after it was compromised.
 * @throws ServiceError conflict
 */
export async function requireOwnKey(
  { ctx, tx, device }: At,
  key: Pick<RequestedKey, "spkiSha256">,
): Promise<void> {
  const { spkiSha256 } = key;
  if (await spkiInUse(tx, { spkiSha256, deviceUuid: device.id })) {
    throw new ServiceError("conflict", "This public key already belongs to another device.", {
      remedy: "Make a key of its own for each device.",
      fields: [{ path: "csrPem", message: "This public key already belongs to another device." }],
    });
  }
  const compromised = await tx.certificate.findFirst({
    where: { tenantId: ctx.tenantId, spkiSha256, revocationReason: "key_compromise" },
    select: { id: true },
  });
  if (compromised === null) return;
  throw new ServiceError("conflict", "This public key was revoked because it was compromised.", {
    remedy: "Make a new key.",
    fields: [{ path: "csrPem", message: "This public key was revoked as compromised." }],
  });
}

/**
 * Keeps the one that the device uses (else the newest) beside the new one; retires the rest.
 * @returns fingerprints of the retired
 */
export async function retireSurplus({ ctx, tx, device }: At): Promise<readonly string[]> {
  const usable = await tx.certificate.findMany({
    where: {
      tenantId: ctx.tenantId,
      deviceId: device.id,
      state: { in: ["issued", "active", "superseded"] },
      notAfter: { gt: ctx.now() },
    },
    select: { id: true, state: true, sha256: true },
    orderBy: [{ issuedAt: "desc" }, { id: "desc" }],
  });
  const rank = { active: 0, issued: 1, superseded: 2, retired: 3, suspended: 3, revoked: 3 };
  const surplus = usable.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(usableAtOnce - 1);
  await tx.certificate.updateMany({
    where: { tenantId: ctx.tenantId, id: { in: surplus.map(({ id }) => id) } },
    data: { state: "retired" },
  });
  return surplus.map(({ sha256 }) => sha256);
}

async function facts({ ctx, tx, device }: At) {
  const tenant = await tx.tenant.findUniqueOrThrow({
    where: { id: ctx.tenantId },
    select: { name: true },
  });
  const profile = await tx.profile.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: ctx.tenantId, id: device.profileId } },
    select: { certificateDays: true, certificatePolicy: true },
  });
  const { renewal } = certificatePolicy.parse(profile.certificatePolicy);
  return { organisation: tenant.name, days: profile.certificateDays, renewal };
}

/** Enters a certificate in the registry. */
async function record(
  { ctx, tx, device }: At,
  { certificatePem }: SignedCertificate,
  of: { readonly renewal: CertificatePolicy["renewal"]; readonly follows: string | null },
) {
  const { cn: _, sanUuid: __, ...columns } = describeCertificate(certificatePem);
  const isAutomatic = of.renewal === "automatic";
  const { id } = await tx.certificate.create({
    data: {
      ...columns,
      tenantId: ctx.tenantId,
      deviceId: device.id,
      pem: certificatePem,
      issuedAt: ctx.now(),
      issuedBy: actorName(ctx.actor),
      renewalDueAt: isAutomatic ? renewalDueAt({ ...columns, deviceUuid: device.id }) : null,
      followsId: of.follows,
    },
    select: { id: true },
  });
  return { id, ...columns };
}

/**
 * Judges the request, has it signed and records the certificate, in the caller's transaction. The
 * caller has locked the device and knows that it is active.
 * @param at.follows the device's certificate that is to be renewed, if it is
 * @throws ServiceError invalid (the request breaks policy), conflict (the key belongs to another
 * device or was compromised), unavailable (the signer is away)
 */
export async function issueFor(
  at: At & {
    readonly csrPem: string;
    readonly follows?: { readonly id: string; readonly pem: string };
  },
): Promise<{ readonly issued: IssuedCertificate; readonly audit: AuditEntry }> {
  const { ctx, tx, device, csrPem, follows } = at;
  const expected = {
    ...namesOfDevice(device),
    ...(follows !== undefined && { follows: follows.pem }),
  };
  const verdict = await checkCsr(csrPem, expected);
  if (!verdict.accepted) throw refusedCsr(verdict.message);
  await requireOwnKey(at, verdict.key);
  const { renewal, ...wanted } = await facts(at);
  const signed = await sign(ctx, {
    kind: "device",
    csrPem,
    deviceId: device.deviceId,
    deviceUuid: device.id,
    ...wanted,
  });
  const retired = await retireSurplus(at);
  const { id, ...columns } = await record(at, signed, { renewal, follows: follows?.id ?? null });
  const { sha256, serial, subject, keyAlgorithm } = columns;
  const notAfter = columns.notAfter.toISOString();
  return {
    issued: {
      certificateId: id,
      deviceId: device.deviceId,
      certificatePem: signed.certificatePem,
      chainPem: signed.chainPem,
      caPem: await readTrustedRoots(tx, signed.chainPem),
      sha256,
      serial,
      notAfter,
      warnings: verdict.key.warnings,
    },
    audit: {
      target: deviceTarget(device),
      payload: {
        certificateId: id,
        sha256,
        serial,
        subject,
        keyAlgorithm,
        notAfter,
        retired,
      },
    },
  };
}
