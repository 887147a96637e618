import type { Tx } from "#server/db/client.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import {
  findChosenDevices,
  findProfileMetrics,
  findSelectionProfiles,
  findSentMetrics,
  type ChosenDeviceRow,
} from "#server/db/find-explore-choices.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { Threshold } from "#server/domain/profile-parts.ts";
import { threshold } from "#server/domain/profile-parts-schema.ts";
import type { Context } from "#server/services/context.ts";
import { exploreChoicesSchema } from "#server/services/explore/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type ExploreDevice = {
  readonly id: string;
  readonly deviceId: string;
  /** As the live bus names it. */
  readonly key: string;
  readonly name: string;
  readonly profileId: string;
};

export type ExploreMetric = {
  readonly name: string;
  readonly unit: string | null;
  /** "number" where versions of the schema differ; "string" is drawn as states. */
  readonly type: string;
  readonly description: string;
  readonly deprecated: boolean;
  /** Of the chosen devices, so many sent it. 0 with a selection, where nobody counts. */
  readonly devices: number;
};

export type ExploreChoices = {
  readonly devices: readonly ExploreDevice[];
  /** Named, but not there (any more), or of another organisation: which of both is not told. */
  readonly missing: readonly string[];
  /** What devices sent first, then by name. */
  readonly metrics: readonly ExploreMetric[];
  readonly thresholds: readonly (Threshold & { readonly profile: string })[];
  /** By name; the first ones where there are very many. */
  readonly groups: readonly { readonly id: string; readonly name: string }[];
};

const mostMetrics = 1_000;
const mostGroups = 200;

/** What can be drawn of devices, or of a selection of devices, and the limits of their profiles. */
export const exploreChoices = defineQuery({
  name: "explore.choices",
  can: "telemetry.view",
  input: exploreChoicesSchema,
  run: async ({ ctx, tx, input }): Promise<ExploreChoices> => {
    const { tenantId } = ctx;
    const rows =
      input.devices.length === 0
        ? []
        : await findChosenDevices(tx, { tenantId, references: input.devices });
    const found = new Set(rows.flatMap(({ id, deviceId }) => [id, deviceId]));
    const profileIds = await profilesOf(tx, ctx, { rows, selection: input.selection });
    const profiles = await tx.profile.findMany({
      where: { tenantId, id: { in: [...profileIds] } },
      select: { name: true, thresholds: true },
      orderBy: { name: "asc" },
    });
    const groups = await tx.deviceGroup.findMany({
      where: { tenantId },
      select: { id: true, name: true },
      orderBy: { name: "asc" },
      take: mostGroups,
    });
    return {
      groups,
      devices: rows.map((row) => ({ ...row, key: String(row.key) })),
      missing: input.devices.filter((reference) => !found.has(reference)),
      metrics: await metricsOf(tx, { tenantId, profileIds, rows }),
      thresholds: profiles.flatMap(({ name, thresholds }) =>
        (threshold.array().safeParse(thresholds).data ?? []).map((each) => ({
          ...each,
          profile: name,
        })),
      ),
    };
  },
});

async function profilesOf(
  tx: Tx,
  ctx: Context,
  of: {
    readonly rows: readonly ChosenDeviceRow[];
    readonly selection: DeviceSelection | undefined;
  },
): Promise<readonly string[]> {
  const own = of.rows.map(({ profileId }) => profileId);
  if (of.selection === undefined) return [...new Set(own)];
  const at = { tenantId: ctx.tenantId, now: ctx.now() };
  const selection = await deviceSelectionSql(tx, of.selection, at);
  return [...new Set([...own, ...(await findSelectionProfiles(tx, { ...at, selection }))])];
}

async function metricsOf(
  tx: Tx,
  of: {
    readonly tenantId: string;
    readonly profileIds: readonly string[];
    readonly rows: readonly ChosenDeviceRow[];
  },
): Promise<readonly ExploreMetric[]> {
  if (of.profileIds.length === 0) return [];
  const fields = await findProfileMetrics(tx, { ...of, limit: mostMetrics });
  const keys = of.rows.map(({ key }) => key);
  const sent = new Map(
    keys.length === 0
      ? []
      : (await findSentMetrics(tx, keys)).map(({ name, devices }) => [name, devices]),
  );
  const numbers = fields.map(({ types, type, ...field }) => ({
    ...field,
    type: types > 1 ? "number" : type,
    devices: sent.get(field.name) ?? 0,
  }));
  const known = new Set(numbers.map(({ name }) => name));
  // What has no place among the numbers is text.
  const texts = [...sent]
    .filter(([name]) => !known.has(name))
    .map(([name, devices]) => ({
      name,
      devices,
      type: "string",
      unit: null,
      description: "",
      deprecated: false,
    }));
  return [...numbers, ...texts].toSorted(
    (a, b) => b.devices - a.devices || a.name.localeCompare(b.name),
  );
}
