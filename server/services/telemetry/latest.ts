import { findMetricFields } from "#server/db/find-metric-fields.ts";
import { readLatest } from "#server/db/read-latest.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";
import { latestSchema } from "#server/services/telemetry/schemas.ts";

export type LatestField = {
  readonly name: string;
  readonly value: number | boolean | string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly unit: string | null;
};

export type LatestTelemetry = {
  /** Epoch milliseconds; null when the device never sent anything that was stored. */
  readonly receivedAt: number | null;
  /** By name. */
  readonly fields: readonly LatestField[];
};

/**
 * Newest value of each field of a device, at most a second behind the store.
 * @throws ServiceError not_found
 */
export const latestTelemetry = defineQuery({
  name: "telemetry.latest",
  can: "telemetry.view",
  input: latestSchema,
  run: async ({ ctx, tx, input }): Promise<LatestTelemetry> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, { tenantId, reference: input.device, now: ctx.now() });
    const latest = await readLatest(tx, device.key);
    if (latest === null) return { receivedAt: null, fields: [] };
    const names = Object.keys(latest.fields);
    const known = await findMetricFields(tx, { tenantId, names });
    const units = new Map(known.map(({ name, unit }) => [name, unit]));
    return {
      receivedAt: latest.receivedAt.getTime(),
      fields: Object.entries(latest.fields)
        .map(([name, { v, t }]) => ({ name, value: v, at: t, unit: units.get(name) ?? null }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    };
  },
});
