import { measureBulkImpact } from "#server/db/measure-bulk-impact.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { maxBulkDevices } from "#server/domain/bulk-action.ts";
import { bulkImpactSchema } from "#server/services/bulk/schemas.ts";
import { reachOf } from "#server/services/device/reach.ts";
import type { BulkImpact } from "#server/services/bulk/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Readings are counted of so many devices, and estimated from them for more. */
const sampledDevices = 200;
const shownProfiles = 5;
/** Longer than this nobody waits for a dialog. */
const timeoutMs = 15_000;

/** How far changing a selection of devices would reach; nothing is changed. */
export const bulkImpact = defineQuery({
  name: "bulk.impact",
  can: "fleet.view",
  input: bulkImpactSchema,
  run: async ({ ctx, tx, input }): Promise<BulkImpact> => {
    await limitStatements(tx, timeoutMs);
    const row = await measureBulkImpact(tx, input.selection, {
      tenantId: ctx.tenantId,
      now: ctx.now(),
      most: maxBulkDevices + 1,
      sample: sampledDevices,
    });
    const { sampled, sample, readings, profiles, ...counts } = row;
    const isEstimate = sampled < row.devices;
    const readingsLastDay =
      isEstimate && sampled > 0 ? Math.round((readings / sampled) * row.devices) : readings;
    return {
      ...counts,
      isTooMany: row.devices > maxBulkDevices,
      profiles: profiles.slice(0, shownProfiles).map(({ name, devices }) => ({ name, devices })),
      otherProfiles: Math.max(0, profiles.length - shownProfiles),
      readingsLastDay,
      isEstimate,
      reach: await reachOf(tx, ctx, { selection: input.selection, sample, profiles }),
    };
  },
});
