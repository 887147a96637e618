import { z } from "zod";
import { daysLeft } from "#server/domain/certificate-life.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { defineQuery } from "#server/services/query.ts";

/** A certificate that some firmware has built in. Times are ISO 8601 in UTC. */
export type TrustAnchorView = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly subject: string;
  readonly keyAlgorithm: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  /** Versions that have it built in; empty: all. */
  readonly firmware: readonly string[];
  readonly profile: { readonly id: string; readonly name: string } | null;
  readonly note: string;
  /** Devices that run such firmware, by what they last said; all of the profile where no version is named. */
  readonly devices: number;
  readonly createdAt: string;
  readonly createdBy: string;
};

/** The organisation's trust anchors, first what ends first. */
export const listTrustAnchors = defineQuery({
  name: "trustAnchor.list",
  can: "certificate.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<{ readonly trustAnchors: readonly TrustAnchorView[] }> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const rows = await tx.trustAnchor.findMany({
      where: { tenantId },
      orderBy: [{ notAfter: "asc" }, { id: "asc" }],
      take: 500,
    });
    const profiles = await tx.profile.findMany({
      where: { tenantId, id: { in: rows.flatMap(({ profileId }) => profileId ?? []) } },
      select: { id: true, name: true },
    });
    const trustAnchors: TrustAnchorView[] = [];
    for (const row of rows) {
      const { tenantId: _, profileId, pem, ...rest } = row;
      trustAnchors.push({
        ...rest,
        keyAlgorithm: describeCertificate(pem).keyAlgorithm,
        notBefore: row.notBefore.toISOString(),
        notAfter: row.notAfter.toISOString(),
        daysLeft: daysLeft(row.notAfter, now),
        profile: profiles.find(({ id }) => id === profileId) ?? null,
        devices: await tx.device.count({
          where: {
            tenantId,
            state: { not: "decommissioned" },
            ...(profileId === null ? {} : { profileId }),
            ...(row.firmware.length === 0 ? {} : { status: { firmware: { in: row.firmware } } }),
          },
        }),
        createdAt: row.createdAt.toISOString(),
      });
    }
    return { trustAnchors };
  },
});
