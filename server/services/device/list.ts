import type { Tx } from "#server/db/client.ts";
import { listDevicePage, type FleetRow } from "#server/db/list-devices.ts";
import { findProfileUnits } from "#server/db/find-profile-units.ts";
import { readLatestOf, type LatestValue } from "#server/db/read-latest-of.ts";
import { resolveFleetFilter, type UnknownName } from "#server/db/resolve-fleet-filter.ts";
import type { FleetSort } from "#server/domain/fleet-filter.ts";
import type { Presence } from "#server/domain/presence.ts";
import { decodeListCursor, encodeListCursor } from "#server/services/device/list-cursor.ts";
import { deviceListSchema } from "#server/services/device/query-schemas.ts";
import { deviceSummary, type DeviceSummary } from "#server/services/device/summary.ts";
import { defineQuery } from "#server/services/query.ts";

/** A device as the fleet table shows it. */
export type FleetDevice = DeviceSummary & {
  /** As its newest state says. */
  readonly firmware: string | null;
  /** Where it is, in words; empty where nobody knows. */
  readonly place: string;
  /** Degrees of WGS 84. */
  readonly location: { readonly latitude: number; readonly longitude: number } | null;
  readonly gateway: { readonly deviceId: string; readonly name: string } | null;
  /** The gateway that is not heard, because of which this device is not heard either. */
  readonly foldedUnder: {
    readonly deviceId: string;
    readonly name: string;
    readonly presence: Presence;
  } | null;
  /** Newest values of the metrics that were asked for, by their names. */
  readonly latest: Readonly<Record<string, FleetValue>>;
};

/** In the unit (UCUM) of the device's own schema; null without one. */
export type FleetValue = LatestValue & { readonly unit: string | null };

export type DeviceList = {
  readonly devices: readonly FleetDevice[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** First page only: how many match; with `more` at least so many, and device.count says how many. */
  readonly matching: { readonly count: number; readonly more: boolean } | null;
  /** Names in the filter that nothing has: because of them nothing matches. */
  readonly unknown: readonly UnknownName[];
};

/** One page of the fleet. Decommissioned devices are left out unless the presence filter names them. */
export const listDevices = defineQuery({
  name: "device.list",
  can: "fleet.view",
  input: deviceListSchema,
  parallel: false,
  run: async ({ ctx, tx, input }): Promise<DeviceList> => {
    const { sort, cursor, limit } = input;
    const now = ctx.now();
    const after = cursor === undefined ? null : decodeListCursor(sort, cursor);
    const { by, descending } = sortOf(sort);
    const about = by === "name" ? "page by name" : "all";
    const filter = await resolveFleetFilter(tx, ctx.tenantId, input.filter, about);

    const rows = await listDevicePage(tx, {
      filter,
      by,
      descending,
      after,
      limit: limit + 1,
      tenantId: ctx.tenantId,
      now,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit;
    const latest = await latestOf(tx, { page, metrics: input.metrics, tenantId: ctx.tenantId });
    return {
      devices: page.map((row) => fleetDevice(row, now, latest.get(row.key) ?? {})),
      nextCursor: hasMore && last !== undefined ? encodeListCursor(sort, last) : null,
      matching: after === null ? { count: page.length, more: hasMore } : null,
      unknown: filter.unknown,
    };
  },
});

async function latestOf(
  tx: Tx,
  of: {
    readonly page: readonly FleetRow[];
    readonly metrics: readonly string[];
    readonly tenantId: string;
  },
): Promise<ReadonlyMap<bigint, Readonly<Record<string, FleetValue>>>> {
  const { page, metrics, tenantId } = of;
  const found = new Map<bigint, Record<string, FleetValue>>();
  if (metrics.length === 0 || page.length === 0) return found;
  const profiles = new Map(page.map(({ key, profileId }) => [key, profileId]));
  const profileIds = [...profiles.values()];
  const unitOf = await findProfileUnits(tx, { tenantId, profileIds, names: metrics });
  const rows = await readLatestOf(tx, { deviceKeys: page.map(({ key }) => key), metrics });
  for (const { deviceKey, metric, v, t } of rows) {
    const unit = unitOf(profiles.get(deviceKey) ?? "", metric);
    found.set(deviceKey, { ...found.get(deviceKey), [metric]: { v, t, unit } });
  }
  return found;
}

function fleetDevice(row: FleetRow, now: Date, latest: FleetDevice["latest"]): FleetDevice {
  const { firmware, place, latitude, longitude, gatewayDeviceId, gatewayName } = row;
  const { foldedDeviceId, foldedName, foldedPresence } = row;
  return {
    ...deviceSummary(row, now),
    firmware,
    place,
    location: latitude === null || longitude === null ? null : { latitude, longitude },
    gateway:
      gatewayDeviceId === null || gatewayName === null
        ? null
        : { deviceId: gatewayDeviceId, name: gatewayName },
    foldedUnder:
      foldedDeviceId === null || foldedName === null || foldedPresence === null
        ? null
        : { deviceId: foldedDeviceId, name: foldedName, presence: foldedPresence },
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
