import {
  listSelectionDevices,
  type SelectionDeviceRow,
} from "#server/db/list-selection-devices.ts";
import { selectionDevicesSchema } from "#server/services/dashboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** Counted no further: a page says "more than". */
const countedTo = 100_001;

export type SelectionDevices = {
  /** By name; those that are decommissioned are left out. */
  readonly devices: readonly SelectionDeviceRow[];
  /** How many match, at most {@link countedTo}. */
  readonly matching: number;
};

/** The first devices of a selection with the keys under which the live stream tells of them. */
export const selectionDevices = defineQuery({
  name: "dashboard.devices",
  can: "telemetry.view",
  input: selectionDevicesSchema,
  run: ({ ctx, tx, input }): Promise<SelectionDevices> =>
    listSelectionDevices(tx, input.devices, {
      tenantId: ctx.tenantId,
      now: ctx.now(),
      limit: input.limit,
      countTo: countedTo,
    }),
});
