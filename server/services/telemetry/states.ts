import { findChartDevices } from "#server/db/find-chart-devices.ts";
import { findMetricFields, type MetricField } from "#server/db/find-metric-fields.ts";
import { readStates, type StatePlaces, type StateRow } from "#server/db/read-states.ts";
import {
  maxChartDevices,
  maxSeriesInAnswer,
  type StateAnswer,
  type StateRun,
} from "#server/domain/telemetry-query.ts";
import { stateQuerySchema } from "#server/domain/telemetry-query-schema.ts";
import { defineQuery } from "#server/services/query.ts";
import { bounded } from "#server/services/telemetry/bounded.ts";

/** Readings that all devices together are looked through for one metric. */
const mostReadings = 1_000_000;
const mostReadingsOfDevice = 200_000;

/**
 * Values that hold until they change: text, switches and codes of devices over a range, as runs.
 * Of very many readings or runs only the newest are given, and the answer says from when on.
 * @throws ServiceError invalid also when the range takes longer to read than anybody waits
 */
export const queryStates = defineQuery({
  name: "telemetry.states",
  can: "telemetry.view",
  input: stateQuerySchema,
  run: async ({ ctx, tx, input }): Promise<StateAnswer> =>
    bounded({ ctx, tx }, async () => {
      const { tenantId } = ctx;
      const metrics = [...new Set(input.metrics)];
      const limit = Math.min(maxChartDevices, Math.floor(maxSeriesInAnswer / metrics.length));
      const found = await findChartDevices(tx, input.devices, {
        tenantId,
        now: ctx.now(),
        limit,
      });
      const fields = await findMetricFields(tx, { tenantId, names: metrics });
      const span = { from: input.from.getTime(), to: input.to.getTime() };
      const share = Math.floor(mostReadings / Math.max(1, found.devices.length));
      const readings = Math.min(mostReadingsOfDevice, share);
      const rows = new Map<string, readonly StateRow[]>();
      for (const metric of metrics) {
        const deviceKeys = found.devices.map(({ key }) => key);
        const of = { ...span, deviceKeys, metric, places: placesOf(metric, fields) };
        rows.set(metric, await readStates(tx, { ...of, readings, runs: input.runs }));
      }
      return {
        series: found.devices.flatMap(({ id, key, deviceId, name }) =>
          metrics.map((metric) => {
            const own = (rows.get(metric) ?? []).filter(({ deviceKey }) => deviceKey === key);
            const unit = fields.find((field) => field.name === metric)?.unit ?? null;
            const device = { id, deviceId, name };
            return { device, metric, unit, ...toRuns(own, span.from, input.runs) };
          }),
        ),
        devices: { matching: found.matching, shown: found.devices.length },
      };
    }),
});

function placesOf(metric: string, fields: readonly MetricField[]): StatePlaces {
  const own = fields.filter(({ name, type }) => name === metric && type !== "string");
  return {
    schemas: own.map(({ schemaId }) => schemaId),
    places: own.map(({ position }) => position + 1),
    booleans: own.map(({ type }) => type === "boolean"),
  };
}

function toRuns(
  newestFirst: readonly StateRow[],
  from: number,
  most: number,
): { readonly runs: readonly StateRun[]; readonly completeFrom: number } {
  const runs = newestFirst
    .map(({ since, until, value }): StateRun => [Math.floor(since), Math.floor(until), value])
    .toReversed();
  const oldest = runs.length < most ? undefined : runs[0]?.[0];
  const looked = newestFirst[0]?.completeFrom ?? from;
  return { runs, completeFrom: Math.max(from, Math.floor(looked), oldest ?? from) };
}
