import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import type { CertificateReference } from "#server/services/certificate/schemas.ts";
import type { Context } from "#server/services/context.ts";
import { findDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A certificate that is to change, with its device, which is locked. */
export type FoundCertificate = {
  readonly id: string;
  readonly sha256: string;
  readonly serial: string;
  readonly state: "issued" | "active" | "superseded" | "retired" | "suspended" | "revoked";
  readonly activatedAt: Date | null;
  readonly notAfter: Date;
  readonly device: LockedDevice;
};

const select = { id: true, device: { select: { deviceId: true } } } as const;

/**
 * The certificate that a change is about, by its id, its SHA-256 or its serial number. Its device is
 * locked, and its state read afterwards.
 * @throws ServiceError not_found, conflict (it is no certificate of a device, or several bear the serial)
 */
export async function findCertificate(
  tx: Tx,
  ctx: Pick<Context, "tenantId">,
  reference: CertificateReference,
): Promise<FoundCertificate> {
  const { tenantId } = ctx;
  const { kind, value } = reference;
  const found = await tx.certificate.findMany({
    where: { tenantId, [kind]: value },
    select,
    take: 2,
  });
  const [first, second] = found;
  if (second !== undefined) {
    throw new ServiceError("conflict", "Several certificates bear this serial number.", {
      remedy: "CAs may give the same one. Name the certificate by its SHA-256 fingerprint.",
    });
  }
  if (first === undefined) return refuseUnknown(tx, reference);
  const device = await findDevice(tx, first.device.deviceId);
  const row = await tx.certificate.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: first.id } },
    select: {
      id: true,
      sha256: true,
      serial: true,
      state: true,
      activatedAt: true,
      notAfter: true,
    },
  });
  return { ...row, device };
}

/** What is meant may be a certificate that no device has: then the words say what to do instead. */
async function refuseUnknown(tx: Tx, { kind, value }: CertificateReference): Promise<never> {
  if (kind !== "id") {
    const where = { [kind]: value };
    if ((await tx.serverCertificate.findFirst({ where, select: { sha256: true } })) !== null) {
      throw new ServiceError("conflict", "This is the certificate of the listener itself.", {
        remedy:
          "Revoking it would lock every device out. Renew the server certificate on the page Authorities; the old one is replaced without dropping a connection.",
      });
    }
    if ((await tx.certificateAuthority.findFirst({ where, select: { sha256: true } })) !== null) {
      throw new ServiceError("conflict", "This is the certificate of a CA.", {
        remedy: "Replace or retire the CA on the page Authorities.",
      });
    }
  }
  throw new ServiceError("not_found", "There is no such certificate.", {
    remedy: "Check the certificates of the device.",
  });
}
