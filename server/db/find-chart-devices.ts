import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import type { DeviceFilterSql } from "#server/db/device-filter-sql.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { SeriesDevices } from "#server/db/read-series.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";

/** A device of an answer. */
export type ChartDevice = {
  readonly id: string;
  readonly key: bigint;
  readonly deviceId: string;
  readonly name: string;
  readonly expectedContactSeconds: number;
};

/** Devices that make one line together. */
export type ChartGroup = {
  /** UUID of the profile, or the tag. */
  readonly id: string;
  readonly name: string;
  readonly devices: number;
  /** The shortest of its devices. */
  readonly expectedContactSeconds: number;
};

const profileOf = (tenantId: string): Prisma.Sql =>
  Prisma.sql`JOIN profile chart_profile ON chart_profile.tenant_id = ${tenantId}::uuid AND chart_profile.id = d.profile_id`;

const tagsOf = (tenantId: string): Prisma.Sql =>
  Prisma.sql`JOIN device_tag chart_tag ON chart_tag.tenant_id = ${tenantId}::uuid AND chart_tag.device_key = d.key`;

/** The first devices of a selection by name, and how many match. */
export async function findChartDevices(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt & { readonly limit: number },
): Promise<{ readonly matching: number; readonly devices: readonly ChartDevice[] }> {
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  const rows = await tx.$queryRaw<(ChartDevice & { readonly matching: number })[]>`
    SELECT d.id, d.key, d.device_id AS "deviceId", d.name,
      chart_profile.expected_contact_seconds AS "expectedContactSeconds",
      (SELECT count(*)::integer FROM ${from} WHERE ${where}) AS matching
    FROM ${from} ${profileOf(at.tenantId)} WHERE ${where} ORDER BY d.name, d.id LIMIT ${at.limit}`;
  return { matching: rows[0]?.matching ?? 0, devices: rows };
}

/** The groups of a selection, those with most devices first, and how many devices match. */
export async function findChartGroups(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt & { readonly by: "all" | "profile" | "tag"; readonly limit: number },
): Promise<{ readonly matching: number; readonly groups: readonly ChartGroup[] }> {
  const chosen = await deviceSelectionSql(tx, selection, at);
  const named = {
    all: { id: Prisma.sql`''`, name: Prisma.sql`''`, join: Prisma.empty },
    profile: {
      id: Prisma.sql`d.profile_id::text`,
      name: Prisma.sql`chart_profile.name`,
      join: Prisma.empty,
    },
    tag: {
      id: Prisma.sql`chart_tag.tag`,
      name: Prisma.sql`chart_tag.tag`,
      join: tagsOf(at.tenantId),
    },
  }[at.by];
  const groups = await tx.$queryRaw<ChartGroup[]>`
    SELECT ${named.id} AS id, ${named.name} AS name, count(*)::integer AS devices,
      min(chart_profile.expected_contact_seconds) AS "expectedContactSeconds"
    FROM ${chosen.from} ${profileOf(at.tenantId)} ${named.join} WHERE ${chosen.where}
    GROUP BY 1, 2 ORDER BY count(*) DESC, 2 LIMIT ${at.limit}`;
  const isWhole = at.by === "all" || (at.by === "profile" && groups.length < at.limit);
  const matching = isWhole
    ? groups.reduce((sum, { devices }) => sum + devices, 0)
    : await countMatching(tx, chosen);
  return { matching, groups };
}

async function countMatching(tx: Tx, { from, where }: DeviceFilterSql): Promise<number> {
  const rows = await tx.$queryRaw<{ matching: number }[]>`
    SELECT count(*)::integer AS matching FROM ${from} WHERE ${where}`;
  return rows[0]?.matching ?? 0;
}

/** Each device a line, numbered from 1. */
export function devicesAsLines(devices: readonly Pick<ChartDevice, "key">[]): SeriesDevices {
  return {
    keys: Prisma.sql`${devices.map(({ key }) => key)}::bigint[]`,
    lines: Prisma.sql`${devices.map((_, index) => index + 1)}::integer[]`,
    with: Prisma.empty,
  };
}

/**
 * The devices of a selection by group, chosen where they are: a list of 100 000 keys does not
 * travel. Groups are numbered from 1.
 */
export async function groupsAsLines(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt & {
    readonly by: "all" | "profile" | "tag";
    readonly groups: readonly Pick<ChartGroup, "id">[];
  },
): Promise<SeriesDevices> {
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  const ids = at.groups.map(({ id }) => id);
  const chosen = {
    all: Prisma.sql`SELECT d.key, 1 AS line FROM ${from} WHERE ${where}`,
    profile: Prisma.sql`SELECT d.key, array_position(${ids}::uuid[], d.profile_id) AS line
      FROM ${from} WHERE ${where} AND d.profile_id = ANY(${ids}::uuid[])`,
    tag: Prisma.sql`SELECT d.key, array_position(${ids}::text[], chart_tag.tag) AS line
      FROM ${from} ${tagsOf(at.tenantId)} WHERE ${where} AND chart_tag.tag = ANY(${ids}::text[])`,
  }[at.by];
  return {
    with: Prisma.sql`WITH chosen AS MATERIALIZED (${chosen})`,
    keys: Prisma.sql`(SELECT coalesce(array_agg(key), '{}') FROM chosen)`,
    lines:
      at.by === "all"
        ? Prisma.sql`NULL::integer[]`
        : Prisma.sql`(SELECT coalesce(array_agg(line), '{}') FROM chosen)`,
  };
}
