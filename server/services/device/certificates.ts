import type { Tx } from "#server/db/client.ts";
import { daysLeft } from "#server/domain/certificate-life.ts";
import { deviceShowSchema } from "#server/services/device/query-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** A certificate as people read it. Times are ISO 8601 in UTC, digests lower-case hex. */
export type CertificateSummary = {
  readonly id: string;
  readonly state: "issued" | "active" | "superseded" | "retired" | "suspended" | "revoked";
  readonly sha256: string;
  readonly serial: string;
  readonly issuer: string;
  readonly subject: string;
  readonly keyAlgorithm: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly pem: string;
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly activatedAt: string | null;
  readonly revokedAt: string | null;
  readonly revocationReason: string | null;
};

/** The device's certificates, newest first, at most 100. */
export const deviceCertificates = defineQuery({
  name: "device.certificates",
  can: "fleet.view",
  input: deviceShowSchema,
  run: async ({ ctx, tx, input }): Promise<readonly CertificateSummary[]> => {
    const now = ctx.now();
    const device = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: input.device,
      now,
    });
    return certificatesOf(tx, { tenantId: ctx.tenantId, deviceUuid: device.id, now });
  },
});

/** The certificates of a device that the caller has loaded. */
export async function certificatesOf(
  tx: Tx,
  at: { readonly tenantId: string; readonly deviceUuid: string; readonly now: Date },
): Promise<readonly CertificateSummary[]> {
  const rows = await tx.certificate.findMany({
    where: { tenantId: at.tenantId, deviceId: at.deviceUuid },
    omit: { tenantId: true, deviceId: true, spkiSha256: true },
    orderBy: [{ issuedAt: "desc" }, { id: "desc" }],
    take: 100,
  });
  return rows.map((row) => ({
    ...row,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    daysLeft: daysLeft(row.notAfter, at.now),
    issuedAt: row.issuedAt.toISOString(),
    activatedAt: row.activatedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }));
}
