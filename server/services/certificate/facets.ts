import { z } from "zod";
import { countCertificateFacets, type CertificateFacetRow } from "#server/db/certificate-facets.ts";
import type { CertificateKind } from "#server/domain/certificate-kind.ts";
import { quietStandings, type CertificateStanding } from "#server/domain/certificate-standing.ts";
import { seesInstallation } from "#server/services/certificate/sees-installation.ts";
import { createKeeper } from "#server/services/keep.ts";
import { defineQuery } from "#server/services/query.ts";

export type CertificateFacets = {
  /** Without superseded, retired and revoked ones, as the list shows them. */
  readonly total: number;
  readonly kinds: Readonly<Partial<Record<CertificateKind, number>>>;
  readonly standings: Readonly<Partial<Record<CertificateStanding, number>>>;
  readonly profiles: readonly {
    readonly id: string;
    readonly name: string;
    readonly count: number;
  }[];
  readonly issuers: readonly { readonly name: string; readonly count: number }[];
};

const quiet: readonly CertificateStanding[] = quietStandings;
/** More issuers than this nobody chooses from. */
const shownIssuers = 30;

const keptFacets = createKeeper(
  async ({ ctx, tx }) =>
    countCertificateFacets(tx, {
      tenantId: ctx.tenantId,
      now: ctx.now(),
      installation: seesInstallation(ctx),
    }),
  { apart: (ctx) => String(seesInstallation(ctx)) },
);

/** The inventory counted by kind, standing, profile and issuer; seconds old at most. */
export const certificateFacets = defineQuery({
  name: "certificate.facets",
  can: "certificate.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<CertificateFacets> => {
    const { tenantId } = ctx;
    const rows = await keptFacets({ ctx, tx });
    const profiles = await tx.profile.findMany({
      where: { tenantId },
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: 200,
    });
    return facetsOf(rows, profiles);
  },
});

function facetsOf(
  rows: readonly CertificateFacetRow[],
  profiles: readonly { readonly id: string; readonly name: string }[],
): CertificateFacets {
  const kinds = new Map<string, number>();
  const standings = new Map<string, number>();
  const perProfile = new Map<string, number>();
  const perIssuer = new Map<string, number>();
  let total = 0;
  for (const row of rows) {
    add(standings, row.standing, row.count);
    if (quiet.includes(row.standing)) continue;
    total += row.count;
    add(kinds, row.kind, row.count);
    if (row.profileId !== null) add(perProfile, row.profileId, row.count);
    if (row.issuer !== "") add(perIssuer, row.issuer, row.count);
  }
  return {
    total,
    kinds: Object.fromEntries(kinds),
    standings: Object.fromEntries(standings),
    profiles: profiles.map((profile) => ({ ...profile, count: perProfile.get(profile.id) ?? 0 })),
    issuers: [...perIssuer]
      .map(([name, count]) => ({ name, count }))
      .toSorted((left, right) => right.count - left.count)
      .slice(0, shownIssuers),
  };
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
