import { countDeviceFacets, type DeviceFacetRow } from "#server/db/device-facets.ts";
import type { Database, Tx } from "#server/db/client.ts";
import type { CertificateLife } from "#server/domain/certificate-life.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { Context } from "#server/services/context.ts";
import { deviceFacetsSchema } from "#server/services/device/query-schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type DeviceFacets = {
  /** Without decommissioned devices, as the list shows them. */
  readonly total: number;
  readonly presence: Readonly<Partial<Record<Presence, number>>>;
  readonly certificate: Readonly<Partial<Record<CertificateLife, number>>>;
  readonly profiles: readonly {
    readonly id: string;
    readonly name: string;
    readonly count: number;
  }[];
};

/**
 * A count over the whole fleet is kept for a while: at least three seconds, and twenty times as
 * long as it took, so that it never costs more than a twentieth of one connection.
 */
const keepMs = (tookMs: number) => Math.max(3_000, tookMs * 20);

type Kept = { readonly until: number; readonly rows: readonly DeviceFacetRow[] };
const kept = new WeakMap<Database, Map<string, Kept>>();

/** The fleet counted by presence, certificate and profile; seconds old at most. */
export const deviceFacets = defineQuery({
  name: "device.facets",
  can: "fleet.view",
  input: deviceFacetsSchema,
  run: async ({ ctx, tx }): Promise<DeviceFacets> => {
    const rows = await keptRows(ctx, tx);
    const profiles = await tx.profile.findMany({
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: 200,
    });
    return facetsOf(rows, profiles);
  },
});

async function keptRows(ctx: Context, tx: Tx): Promise<readonly DeviceFacetRow[]> {
  const perTenant = kept.get(ctx.db) ?? new Map<string, Kept>();
  kept.set(ctx.db, perTenant);
  const now = ctx.now();
  const known = perTenant.get(ctx.tenantId);
  if (known !== undefined && now.getTime() < known.until) return known.rows;

  const rows = await countDeviceFacets(tx, { tenantId: ctx.tenantId, now });
  const doneAt = ctx.now().getTime();
  perTenant.set(ctx.tenantId, { until: doneAt + keepMs(doneAt - now.getTime()), rows });
  return rows;
}

function facetsOf(
  rows: readonly DeviceFacetRow[],
  profiles: readonly { readonly id: string; readonly name: string }[],
): DeviceFacets {
  const presence: Partial<Record<Presence, number>> = {};
  const certificate: Partial<Record<CertificateLife, number>> = {};
  const perProfile = new Map<string, number>();
  let total = 0;
  for (const row of rows) {
    presence[row.presence] = (presence[row.presence] ?? 0) + row.count;
    if (row.presence === "decommissioned") continue;
    total += row.count;
    certificate[row.certificate] = (certificate[row.certificate] ?? 0) + row.count;
    perProfile.set(row.profileId, (perProfile.get(row.profileId) ?? 0) + row.count);
  }
  return {
    total,
    presence,
    certificate,
    profiles: profiles.map((profile) => ({ ...profile, count: perProfile.get(profile.id) ?? 0 })),
  };
}
