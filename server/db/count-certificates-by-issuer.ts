import type { Tx } from "#server/db/client.ts";

/**
 * How many certificates each CA signed that still count, by the CA's subject.
 * @param tenantId null for those of all organisations
 */
export async function countCertificatesByIssuer(
  tx: Tx,
  { now, tenantId }: { readonly now: Date; readonly tenantId: string | null },
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ issuer: string; certificates: number }[]>`
    SELECT issuer, certificates::int AS certificates
    FROM valid_certificates_by_issuer(${now}, ${tenantId}::uuid)`;
  return new Map(rows.map(({ issuer, certificates }) => [issuer, certificates]));
}
