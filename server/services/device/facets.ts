import {
  countDeviceFacets,
  countGateways,
  countTags,
  type DeviceFacetRow,
  type NamedCount,
} from "#server/db/device-facets.ts";
import type { CertificateLife } from "#server/domain/certificate-life.ts";
import { compareVersions } from "#server/domain/firmware-version.ts";
import type { Presence } from "#server/domain/presence.ts";
import { deviceFacetsSchema } from "#server/services/device/query-schemas.ts";
import { createPatientKeeper } from "#server/services/keep.ts";
import { defineQuery } from "#server/services/query.ts";

export type DeviceFacets = {
  /** False: the fleet is large and is being counted; all counts are 0 until it is asked again. */
  readonly isCounted: boolean;
  /** Without decommissioned devices, as the list shows them. */
  readonly total: number;
  readonly presence: Readonly<Partial<Record<Presence, number>>>;
  readonly certificate: Readonly<Partial<Record<CertificateLife, number>>>;
  readonly profiles: readonly {
    readonly id: string;
    readonly name: string;
    readonly count: number;
  }[];
  /** The most used ones first. */
  readonly tags: readonly NamedCount[];
  /** The newest first. */
  readonly firmware: readonly NamedCount[];
  /** Those with the most devices behind them; `value` is the UUID. */
  readonly gateways: readonly NamedCount[];
  /** By name; `value` is the UUID, and none is counted. */
  readonly groups: readonly { readonly id: string; readonly name: string }[];
};

/** Choices of a kind that are offered. */
const mostChoices = 100;

type Counts = {
  readonly rows: readonly DeviceFacetRow[];
  readonly tags: readonly NamedCount[];
  readonly gateways: readonly NamedCount[];
};
const nothing: Counts = { rows: [], tags: [], gateways: [] };

/** A page does not wait longer for the counts of a large fleet, which come a moment later. */
const patienceMs = 250;

const keptCounts = createPatientKeeper<Counts>(
  async ({ ctx, tx }) => ({
    rows: await countDeviceFacets(tx, { tenantId: ctx.tenantId, now: ctx.now() }),
    tags: await countTags(tx, ctx.tenantId, mostChoices),
    gateways: await countGateways(tx, ctx.tenantId, mostChoices),
  }),
  patienceMs,
);

/** The fleet counted by presence, certificate, profile, tag, firmware and gateway; seconds old as a rule, ten minutes at most. */
export const deviceFacets = defineQuery({
  name: "device.facets",
  can: "fleet.view",
  input: deviceFacetsSchema,
  run: async ({ ctx, tx }): Promise<DeviceFacets> => {
    const counts = await keptCounts(ctx);
    const profiles = await tx.profile.findMany({
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: 200,
    });
    const groups = await tx.deviceGroup.findMany({
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: 500,
    });
    return { isCounted: counts !== undefined, ...facetsOf(counts ?? nothing, profiles), groups };
  },
});

function facetsOf(
  { rows, tags, gateways }: Counts,
  profiles: readonly { readonly id: string; readonly name: string }[],
): Omit<DeviceFacets, "groups" | "isCounted"> {
  const presence: Partial<Record<Presence, number>> = {};
  const certificate: Partial<Record<CertificateLife, number>> = {};
  const perProfile = new Map<string, number>();
  const perFirmware = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string, count: number) =>
    counts.set(key, (counts.get(key) ?? 0) + count);
  let total = 0;
  for (const row of rows) {
    presence[row.presence] = (presence[row.presence] ?? 0) + row.count;
    if (row.presence === "decommissioned") continue;
    total += row.count;
    certificate[row.certificate] = (certificate[row.certificate] ?? 0) + row.count;
    add(perProfile, row.profileId, row.count);
    if (row.firmware !== null && row.firmware !== "") add(perFirmware, row.firmware, row.count);
  }
  return {
    total,
    presence,
    certificate,
    tags,
    gateways,
    profiles: profiles.map((profile) => ({ ...profile, count: perProfile.get(profile.id) ?? 0 })),
    firmware: [...perFirmware]
      .map(([value, count]) => ({ value, label: value, count }))
      .toSorted((a, b) => compareVersions(b.value, a.value))
      .slice(0, mostChoices),
  };
}
