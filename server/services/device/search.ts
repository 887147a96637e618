import { searchDevices, type DeviceHitRow } from "#server/db/search-devices.ts";
import { deviceSearchSchema } from "#server/services/device/query-schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** Finds a few devices by part of their name, id or serial, for the palette. */
export const findDevices = defineQuery({
  name: "device.search",
  can: "fleet.view",
  input: deviceSearchSchema,
  run: ({ ctx, tx, input }): Promise<readonly DeviceHitRow[]> =>
    searchDevices(tx, { tenantId: ctx.tenantId, ...input }),
});
