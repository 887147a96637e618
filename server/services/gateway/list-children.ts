import { countChildren } from "#server/db/count-children.ts";
import { listDevicePage } from "#server/db/list-devices.ts";
import { resolveFleetFilter } from "#server/db/resolve-fleet-filter.ts";
import type { Presence } from "#server/domain/presence.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import { decodeListCursor, encodeListCursor } from "#server/services/device/list-cursor.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { deviceSummary, type DeviceSummary } from "#server/services/device/summary.ts";
import { childListSchema } from "#server/services/gateway/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** The devices behind a gateway, by name. */
export type ChildList = {
  readonly children: readonly DeviceSummary[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** All of them, those out of service left out. */
  readonly count: number;
  readonly presences: Readonly<Partial<Record<Presence, number>>>;
};

/** @throws ServiceError not_found, invalid (cursor) */
export const listChildren = defineQuery({
  name: "gateway.children",
  can: "fleet.view",
  input: childListSchema,
  parallel: false,
  run: async ({ ctx, tx, input }): Promise<ChildList> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const gateway = await requireDevice(tx, { tenantId, reference: input.deviceId, now });
    const rows = await listDevicePage(tx, {
      filter: await resolveFleetFilter(tx, tenantId, {
        ...everyDevice.filter,
        gatewayId: gateway.id,
      }),
      by: "name",
      descending: false,
      after: input.cursor === undefined ? null : decodeListCursor("name", input.cursor),
      limit: input.limit + 1,
      tenantId,
      now,
    });
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    const presences = await countChildren(tx, { tenantId, gatewayId: gateway.id });
    return {
      children: page.map((row) => deviceSummary(row, now)),
      nextCursor:
        rows.length > input.limit && last !== undefined ? encodeListCursor("name", last) : null,
      count: presences.reduce((sum, { devices }) => sum + devices, 0),
      presences: Object.fromEntries(presences.map((each) => [each.presence, each.devices])),
    };
  },
});
