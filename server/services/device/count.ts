import { countDevices } from "#server/db/count-devices.ts";
import { resolveFleetFilter, type UnknownName } from "#server/db/resolve-fleet-filter.ts";
import { deviceCountSchema } from "#server/services/device/query-schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** More than an organisation has. */
const bound = 10_000_000;

/** How many devices a filter matches, all of them counted. */
export const countMatchingDevices = defineQuery({
  name: "device.count",
  can: "fleet.view",
  input: deviceCountSchema,
  run: async ({
    ctx,
    tx,
    input,
  }): Promise<{ readonly count: number; readonly unknown: readonly UnknownName[] }> => {
    const at = { tenantId: ctx.tenantId, now: ctx.now() };
    const filter = await resolveFleetFilter(tx, at.tenantId, input.filter);
    return { count: await countDevices(tx, { ...at, filter, bound }), unknown: filter.unknown };
  },
});
