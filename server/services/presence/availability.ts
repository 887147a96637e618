import type { z } from "zod";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import { countMatching } from "#server/db/count-matching.ts";
import type { Tx } from "#server/db/client.ts";
import { allDevicesSql, type DeviceFilterSql } from "#server/db/device-filter-sql.ts";
import { ServiceError } from "#server/services/errors.ts";
import { sumAvailability, type AvailabilityRow } from "#server/db/sum-availability.ts";
import { availabilityOf, type PresenceSeconds } from "#server/domain/availability.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { Context } from "#server/services/context.ts";
import { createKeeper, type Keeper } from "#server/services/keep.ts";
import { availabilitySchema, usualWorst } from "#server/services/presence/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** For how long devices were how, and the share of the expected time in which they were heard (0 to 1). */
export type AvailabilitySum = {
  readonly seconds: PresenceSeconds;
  /** Null when nobody expected anything. */
  readonly availability: number | null;
};

export type AvailabilityReport = {
  /** First day (ISO, UTC); the last one is today, up to `until`. */
  readonly from: string;
  readonly until: string;
  readonly total: AvailabilitySum & { readonly devices: number };
  /** Days of which something is known, in order. */
  readonly days: readonly (AvailabilitySum & { readonly day: string })[];
  /** Profiles by name, or tags, those of most devices first; a device with several tags is in each. */
  readonly groups: readonly (AvailabilitySum & {
    readonly id: string;
    readonly name: string;
    readonly devices: number;
  })[];
  /** The devices that were missed for the largest share of their time. */
  readonly worst: readonly (AvailabilitySum & {
    readonly deviceId: string;
    readonly name: string;
    /** Now. */
    readonly presence: Presence;
  })[];
};

const dayMs = 86_400_000;
/** Two rows of each device are read. */
const mostDevices = 320_000;
/** What is told by day takes a row for each day and device: of the selection, or of all others if they are fewer. */
const mostDeviceDays = 4_500_000;

/**
 * How available devices were over the last days, today included.
 * @throws ServiceError invalid, also for more devices and days than can be summed up while one waits
 */
export const availability = defineQuery({
  name: "presence.availability",
  can: "fleet.view",
  input: availabilitySchema,
  run: report,
});

/**
 * As `availability`, for a page: that of all devices is up to five minutes old, as its `until` says.
 * @throws ServiceError as `availability`
 */
export const shownAvailability = defineQuery({
  name: "presence.availability.shown",
  can: "fleet.view",
  input: availabilitySchema,
  run: async (at) => (isOfAll(at.input) ? keeperOf(at.input)(at) : report(at)),
});

type Asked = z.output<typeof availabilitySchema>;

async function report({
  ctx,
  tx,
  input,
}: {
  readonly ctx: Pick<Context, "tenantId" | "now">;
  readonly tx: Tx;
  readonly input: Asked;
}): Promise<AvailabilityReport> {
  const { tenantId } = ctx;
  const now = ctx.now();
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const from = new Date(today - (input.days - 1) * dayMs);
  const devices = selectionOf(input);
  const filter = await deviceSelectionSql(tx, devices, { tenantId, now });
  const byOthers = await measure(tx, { tenantId, filter, days: input.days });
  const { by, worst } = input;
  const at = { tenantId, filter, byOthers, from, now, by, worst };
  return reportOf(await sumAvailability(tx, at), { from, now, by });
}

/** One for each period and kind of group, of which there are few. */
const keepers = new Map<string, Keeper<AvailabilityReport>>();

function keeperOf(input: Asked): Keeper<AvailabilityReport> {
  const key = `${input.days} ${input.by}`;
  const known = keepers.get(key);
  if (known !== undefined) return known;
  const made = createKeeper(async ({ ctx, tx }) => report({ ctx, tx, input }), {
    mostAgeMs: 5 * 60_000,
  });
  keepers.set(key, made);
  return made;
}

function isOfAll({ devices, group, profile, tag, worst }: Asked): boolean {
  return worst === usualWorst && [devices, group, profile, tag].every((each) => each === undefined);
}

/** @returns whether fewer devices are left out than are meant */
async function measure(
  tx: Tx,
  at: { readonly tenantId: string; readonly filter: DeviceFilterSql; readonly days: number },
): Promise<boolean> {
  const { tenantId, filter, days } = at;
  const meant = await countMatching(tx, { filter, bound: mostDevices + 1 });
  const others =
    (await countMatching(tx, { filter: allDevicesSql(tenantId), bound: 2 * meant })) - meant;
  const most = Math.min(mostDevices, Math.floor(mostDeviceDays / days));
  if (meant > mostDevices || Math.min(meant, others) > most) {
    const told = `Over ${days} days availability is told of ${most} devices at most.`;
    throw new ServiceError("invalid", told, {
      remedy: "Choose fewer days, or a profile, a tag or a group.",
    });
  }
  return others < meant;
}

function selectionOf(input: Asked): DeviceSelection {
  const { devices, group, profile, tag } = input;
  if (devices !== undefined) return devices;
  const filter = {
    ...everyDevice.filter,
    groupIds: group === undefined ? [] : [group],
    profileIds: profile === undefined ? [] : [profile],
    tags: tag === undefined ? [] : [tag],
  };
  return { by: "filter", filter };
}

function reportOf(
  rows: readonly AvailabilityRow[],
  { from, now, by }: { readonly from: Date; readonly now: Date; readonly by: "profile" | "tag" },
): AvailabilityReport {
  const of = (kind: AvailabilityRow["kind"]) => rows.filter((row) => row.kind === kind);
  const groups = of("group").map((row) => {
    return { ...sumOf(row), id: row.id, name: row.name, devices: row.devices };
  });
  const [total] = of("total").map((row) => ({ ...sumOf(row), devices: row.devices }));
  if (total === undefined) throw new Error("A sum over no devices has a row as well.");
  return {
    from: from.toISOString().slice(0, 10),
    until: now.toISOString(),
    total,
    days: of("day")
      .map((row) => ({ ...sumOf(row), day: row.id }))
      .toSorted((a, b) => a.day.localeCompare(b.day)),
    groups: by === "tag" ? groups : groups.toSorted((a, b) => a.name.localeCompare(b.name)),
    worst: of("device").flatMap((row) =>
      row.presence === null
        ? []
        : [{ ...sumOf(row), deviceId: row.id, name: row.name, presence: row.presence }],
    ),
  };
}

function sumOf(row: AvailabilityRow): AvailabilitySum {
  const seconds: PresenceSeconds = {
    online: row.online ?? 0,
    idle: row.idle ?? 0,
    late: row.late ?? 0,
    silent: row.silent ?? 0,
    stranded: row.stranded ?? 0,
    excused: row.excused ?? 0,
  };
  return { seconds, availability: availabilityOf(seconds) };
}
