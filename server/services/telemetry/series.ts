import type { Tx } from "#server/db/client.ts";
import { findMetricFields, type MetricField } from "#server/db/find-metric-fields.ts";
import {
  hasMoreReadings,
  limitStatements,
  readBucketedSeries,
  readRawSeries,
  seriesTimeoutMs,
  type SeriesRange,
  type SeriesRow,
} from "#server/db/read-series.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
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
 * Numbers of one device over a range: every reading when there are no more than `points`, else
 * buckets with mean and envelope. Fields are followed through all schema versions of the range.
 * Switches are 0 and 1. A metric that nobody sent has no points.
 * @throws ServiceError not_found, invalid when the range takes too long to read
 */
export const telemetrySeries = defineQuery({
  name: "telemetry.series",
  can: "telemetry.view",
  input: seriesSchema,
  run: async ({ ctx, tx, input }): Promise<readonly Series[]> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, {
      tenantId,
      reference: input.device,
      now: ctx.now(),
    });
    const metrics = [...new Set(input.metrics)];
    const fields = await findMetricFields(tx, { tenantId, names: metrics });
    const range = { deviceKey: device.key, fields, from: input.from, to: input.to };
    const rows = await readRows(tx, range, input.points);
    return metrics.map((metric) => toSeries(metric, fields, rows));
  },
});

async function readRows(tx: Tx, range: SeriesRange, points: number): Promise<readonly SeriesRow[]> {
  try {
    await limitStatements(tx, seriesTimeoutMs);
    if (!(await hasMoreReadings(tx, { ...range, limit: points }))) {
      return await readRawSeries(tx, range);
    }
    const bucketMs = Math.ceil((range.to.getTime() - range.from.getTime()) / points);
    return await readBucketedSeries(tx, { ...range, bucketMs });
  } catch (error) {
    if (!(error instanceof Error) || !/57014|statement timeout/.test(error.message)) throw error;
    throw new ServiceError("invalid", "This range has too many readings to draw in time.", {
      remedy: "Choose a shorter range.",
    });
  }
}

function toSeries(
  metric: string,
  fields: readonly MetricField[],
  rows: readonly SeriesRow[],
): Series {
  const own = rows.filter(({ name }) => name === metric);
  const unit = fields.find((field) => field.name === metric && field.unit !== null)?.unit ?? null;
  return {
    metric,
    unit,
    points: own.map(({ t, value }) => [t, value] as const),
    envelope: own.map(({ t, min, max }) => [t, min, max] as const),
  };
}
