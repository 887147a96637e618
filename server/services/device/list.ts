import { countDevices } from "#server/db/count-devices.ts";
import type { Tx } from "#server/db/client.ts";
import { listDevicePage, type FleetRow } from "#server/db/list-devices.ts";
import { readLatestOf, type LatestValue } from "#server/db/read-latest-of.ts";
import {
  resolveFleetFilter,
  type ResolvedFilter,
  type UnknownName,
} from "#server/db/resolve-fleet-filter.ts";
import type { FleetSort } from "#server/domain/fleet-filter.ts";
import type { Context } from "#server/services/context.ts";
import { decodeListCursor, encodeListCursor } from "#server/services/device/list-cursor.ts";
import { deviceListSchema } from "#server/services/device/query-schemas.ts";
import { deviceSummary, type DeviceSummary } from "#server/services/device/summary.ts";
import { defineQuery } from "#server/services/query.ts";

/** Counting stops here, so that the first page comes at once; device.count counts all of them. */
const countBound = 1_000;

/** A device as the fleet table shows it. */
export type FleetDevice = DeviceSummary & {
  /** As its newest state says. */
  readonly firmware: string | null;
  /** Where it is, in words; empty where nobody knows. */
  readonly place: string;
  /** Degrees of WGS 84. */
  readonly location: { readonly latitude: number; readonly longitude: number } | null;
  readonly gateway: { readonly deviceId: string; readonly name: string } | null;
  /** Newest values of the metrics that were asked for, by their names. */
  readonly latest: Readonly<Record<string, LatestValue>>;
};

export type DeviceList = {
  readonly devices: readonly FleetDevice[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** First page only: how many match, counted up to 1 000. */
  readonly matching: { readonly count: number; readonly more: boolean } | null;
  /** Names in the filter that nothing has: because of them nothing matches. */
  readonly unknown: readonly UnknownName[];
};

/** One page of the fleet. Decommissioned devices are left out unless the presence filter names them. */
export const listDevices = defineQuery({
  name: "device.list",
  can: "fleet.view",
  input: deviceListSchema,
  run: async ({ ctx, tx, input }): Promise<DeviceList> => {
    const { sort, cursor, limit } = input;
    const now = ctx.now();
    const after = cursor === undefined ? null : decodeListCursor(sort, cursor);
    const filter = await resolveFleetFilter(tx, ctx.tenantId, input.filter);

    const rows = await listDevicePage(tx, {
      filter,
      ...sortOf(sort),
      after,
      limit: limit + 1,
      tenantId: ctx.tenantId,
      now,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit;
    const isCounted = after === null && hasMore;
    const count = isCounted ? await countMatching(tx, { ctx, now, filter }) : page.length;
    const latest = await latestOf(tx, page, input.metrics);
    return {
      devices: page.map((row) => fleetDevice(row, now, latest.get(row.key) ?? {})),
      nextCursor: hasMore && last !== undefined ? encodeListCursor(sort, last) : null,
      matching:
        after === null ? { count: Math.min(count, countBound), more: count > countBound } : null,
      unknown: filter.unknown,
    };
  },
});

async function countMatching(
  tx: Tx,
  at: { readonly ctx: Context; readonly now: Date; readonly filter: ResolvedFilter },
): Promise<number> {
  const { filter, now } = at;
  // A text that occurs in more devices than are counted was told so by its index.
  const isFrequentText =
    filter.tests.length === 1 && filter.tests[0]?.kind === "text" && filter.tests[0].isFrequent;
  if (isFrequentText) return countBound + 1;
  return countDevices(tx, { filter, bound: countBound + 1, tenantId: at.ctx.tenantId, now });
}

async function latestOf(
  tx: Tx,
  page: readonly FleetRow[],
  metrics: readonly string[],
): Promise<ReadonlyMap<bigint, Readonly<Record<string, LatestValue>>>> {
  const found = new Map<bigint, Record<string, LatestValue>>();
  if (metrics.length === 0 || page.length === 0) return found;
  const rows = await readLatestOf(tx, { deviceKeys: page.map(({ key }) => key), metrics });
  for (const { deviceKey, metric, v, t } of rows) {
    found.set(deviceKey, { ...found.get(deviceKey), [metric]: { v, t } });
  }
  return found;
}

function fleetDevice(row: FleetRow, now: Date, latest: FleetDevice["latest"]): FleetDevice {
  const { firmware, place, latitude, longitude, gatewayDeviceId, gatewayName } = row;
  return {
    ...deviceSummary(row, now),
    firmware,
    place,
    location: latitude === null || longitude === null ? null : { latitude, longitude },
    gateway:
      gatewayDeviceId === null || gatewayName === null
        ? null
        : { deviceId: gatewayDeviceId, name: gatewayName },
    latest,
  };
}

function sortOf(sort: FleetSort): { by: "name" | "contact" | "created"; descending: boolean } {
  switch (sort) {
    case "name":
    case "-name":
      return { by: "name", descending: sort === "-name" };
    case "contact":
    case "-contact":
      return { by: "contact", descending: sort === "-contact" };
    case "created":
    case "-created":
      return { by: "created", descending: sort === "-created" };
  }
}
