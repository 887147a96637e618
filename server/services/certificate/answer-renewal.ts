import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { namesOfDevice } from "#server/pki/request-names.ts";
import { issueFor } from "#server/services/certificate/internal.ts";
import { readChain, readTrustedRoots } from "#server/services/authority/chain.ts";
import type { Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import type { MutationResult } from "#server/services/mutation.ts";

/** The certificate that follows another one. Times are ISO 8601 in UTC. */
export type RenewedCertificate = {
  readonly certificateId: string;
  readonly certificatePem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
  readonly caPem: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly notAfter: string;
  /** Whether the same request was answered before, with this certificate. */
  readonly repeated: boolean;
};

/** A certificate that is renewed. */
export type FollowedCertificate = {
  readonly id: string;
  readonly sha256: string;
  readonly pem: string;
};

type At = { readonly ctx: Context; readonly tx: Tx; readonly device: LockedDevice };

/** @throws ServiceError conflict */
export function requireInService({ deviceId, state }: LockedDevice): void {
  if (state !== "suspended") return;
  throw new ServiceError("conflict", `The device “${deviceId}” is suspended.`, {
    remedy: "Resume it before it gets a certificate.",
  });
}

/**
 * Issues the certificate that follows one of the device's. The same request asked again before its
 * certificate is in use is answered with that certificate: a device that has lost the answer asks
 * again, and must not use up certificates by that.
 * @throws ServiceError as issueFor
 */
export async function answerRenewal(
  at: At & {
    readonly csrPem: string;
    readonly follows: FollowedCertificate;
    /** Added to the audit event. */
    readonly payload?: Readonly<Record<string, unknown>>;
  },
): Promise<MutationResult<RenewedCertificate>> {
  const { ctx, tx, device, csrPem, follows, payload: more = {} } = at;
  const before = await findRepeated(at, { csrPem, follows: follows.pem });
  if (before !== undefined) {
    const { certificateId } = before;
    const payload = { ...more, certificateId, follows: follows.sha256, repeated: true };
    return { value: before, audit: { target: deviceTarget(device), payload } };
  }
  const { issued, audit } = await issueFor({ ctx, tx, device, csrPem, follows });
  const { certificateId, certificatePem, chainPem, caPem, sha256, notAfter } = issued;
  return {
    value: { certificateId, certificatePem, chainPem, caPem, sha256, notAfter, repeated: false },
    audit: { ...audit, payload: { ...audit.payload, ...more, follows: follows.sha256 } },
    control: deviceChanged(ctx, device),
  };
}

/** The certificate with which the same request was answered before, while it waits for its first use. */
export async function findRepeated(
  { ctx, tx, device }: At,
  { csrPem, follows }: { readonly csrPem: string; readonly follows: string },
): Promise<RenewedCertificate | undefined> {
  const verdict = await checkCsr(csrPem, { ...namesOfDevice(device), follows });
  if (!verdict.accepted) return undefined;
  const before = await tx.certificate.findFirst({
    where: {
      tenantId: ctx.tenantId,
      deviceId: device.id,
      spkiSha256: verdict.key.spkiSha256,
      state: "issued",
      notAfter: { gt: ctx.now() },
    },
    orderBy: { issuedAt: "desc" },
    select: { id: true, pem: true, sha256: true, notAfter: true, issuer: true },
  });
  if (before === null) return undefined;
  const chainPem = await readChain(tx, before.issuer);
  return {
    certificateId: before.id,
    certificatePem: before.pem,
    chainPem,
    caPem: await readTrustedRoots(tx, chainPem),
    sha256: before.sha256,
    notAfter: before.notAfter.toISOString(),
    repeated: true,
  };
}
