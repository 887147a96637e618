import type { Tx } from "#server/db/client.ts";
import { recordRevocation, revocationIds } from "#server/services/certificate/record-revocation.ts";
import type { Context } from "#server/services/context.ts";

/** What ended with devices. */
export type Ended = {
  readonly certificatesRevoked: number;
  readonly credentialsRevoked: number;
  /** By which the proofs of the certificates' revocation are found. */
  readonly revocations: readonly string[];
};

/** Takes devices out of service: certificates and credentials are revoked, offers end. */
export async function endDevices(
  tx: Tx,
  ctx: Context,
  deviceUuids: readonly string[],
): Promise<Ended> {
  const at = ctx.now();
  const { tenantId } = ctx;
  const ids = [...deviceUuids];
  await tx.device.updateMany({
    where: { tenantId, id: { in: ids } },
    data: { state: "decommissioned", decommissionedAt: at },
  });
  const certificates = await recordRevocation(tx, ctx, {
    certificates: await tx.certificate.findMany({
      where: { tenantId, deviceId: { in: ids }, state: { not: "revoked" } },
      select: { id: true },
    }),
    kind: "revoked",
    reason: "cessation_of_operation",
  });
  const credentials = await tx.deviceCredential.updateMany({
    where: { tenantId, deviceId: { in: ids }, revokedAt: null },
    data: { revokedAt: at },
  });
  await tx.deviceTransfer.updateMany({
    where: { tenantId, deviceUuid: { in: ids }, state: "offered" },
    data: { state: "withdrawn" },
  });
  return {
    certificatesRevoked: certificates.length,
    credentialsRevoked: credentials.count,
    revocations: revocationIds(certificates),
  };
}
