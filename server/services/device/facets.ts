import { countDeviceFacets, type DeviceFacetRow } from "#server/db/device-facets.ts";
import type { Database } from "#server/db/client.ts";
import type { CertificateLife } from "#server/domain/certificate-life.ts";
import type { Presence } from "#server/domain/presence.ts";
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

/** A count over the whole fleet costs tens of milliseconds: it is at most this old instead. */
const keepMs = 3_000;

const kept = new WeakMap<Database, Map<string, { at: number; rows: readonly DeviceFacetRow[] }>>();

/** The fleet counted by presence, certificate and profile; at most three seconds old. */
export const deviceFacets = defineQuery({
  name: "device.facets",
  can: "fleet.view",
  input: deviceFacetsSchema,
  run: async ({ ctx, tx }): Promise<DeviceFacets> => {
    const perTenant = kept.get(ctx.db) ?? new Map<string, never>();
    kept.set(ctx.db, perTenant);
    const now = ctx.now();
    const known = perTenant.get(ctx.tenantId);
    const fresh = known !== undefined && Math.abs(now.getTime() - known.at) < keepMs;
    const rows = fresh ? known.rows : await countDeviceFacets(tx, now);
    if (!fresh) perTenant.set(ctx.tenantId, { at: now.getTime(), rows });

    const profiles = await tx.profile.findMany({
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: 200,
    });
    return facetsOf(rows, profiles);
  },
});

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
