import { countDevices } from "#server/db/count-devices.ts";
import { listDevicePage } from "#server/db/list-devices.ts";
import type { FleetSort } from "#server/domain/fleet-filter.ts";
import { decodeListCursor, encodeListCursor } from "#server/services/device/list-cursor.ts";
import { deviceListSchema } from "#server/services/device/query-schemas.ts";
import { deviceSummary, type DeviceSummary } from "#server/services/device/summary.ts";
import { defineQuery } from "#server/services/query.ts";

/** Counting stops here: nobody acts differently on the 10 001st device. */
const countBound = 10_000;

export type DeviceList = {
  readonly devices: readonly DeviceSummary[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** First page only: how many match, counted up to 10 000. */
  readonly matching: { readonly count: number; readonly more: boolean } | null;
};

/** One page of the fleet. Decommissioned devices are left out unless the presence filter names them. */
export const listDevices = defineQuery({
  name: "device.list",
  can: "fleet.view",
  input: deviceListSchema,
  run: async ({ ctx, tx, input }): Promise<DeviceList> => {
    const { filter, sort, cursor, limit } = input;
    const now = ctx.now();
    const after = cursor === undefined ? null : decodeListCursor(sort, cursor);

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
    const count =
      after !== null
        ? null
        : hasMore
          ? await countDevices(tx, { filter, bound: countBound + 1, tenantId: ctx.tenantId, now })
          : page.length;

    return {
      devices: page.map((row) => deviceSummary(row, now)),
      nextCursor: hasMore && last !== undefined ? encodeListCursor(sort, last) : null,
      matching:
        count === null ? null : { count: Math.min(count, countBound), more: count > countBound },
    };
  },
});

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
