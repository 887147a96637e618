import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";
import { answerTelemetry } from "#server/services/telemetry/query.ts";
import { seriesSchema } from "#server/services/telemetry/schemas.ts";

/** One metric over time; instants are epoch milliseconds, ascending. */
export type Series = {
  readonly metric: string;
  readonly unit: string | null;
  /** The reading, or the mean of a bucket's readings at the bucket's start. */
  readonly points: readonly (readonly [epochMs: number, value: number])[];
  /** Least and greatest of each point's readings; as many entries as points. */
  readonly envelope: readonly (readonly [epochMs: number, min: number, max: number])[];
};

/**
 * Numbers of one device over a range, as devices' own programs and scripts ask for them: the answer
 * of `telemetry.query` in the words of the device contract.
 * @throws ServiceError not_found, invalid when the range takes too long to read
 */
export const telemetrySeries = defineQuery({
  name: "telemetry.series",
  can: "telemetry.view",
  input: seriesSchema,
  run: async ({ ctx, tx, input }): Promise<readonly Series[]> => {
    const reference = { tenantId: ctx.tenantId, reference: input.device, now: ctx.now() };
    const device = await requireDevice(tx, reference);
    const { series } = await answerTelemetry({
      ctx,
      tx,
      input: {
        devices: { by: "devices", ids: [device.id] },
        metrics: input.metrics,
        from: input.from,
        to: input.to,
        pixels: Math.floor(input.points / 2),
        across: "each",
        aggregate: "mean",
      },
    });
    return series.map(({ metric, unit, points }) => ({
      metric,
      unit,
      points: points.map(([t, value]) => [t, value] as const),
      envelope: points.map(([t, , min, max]) => [t, min, max] as const),
    }));
  },
});
