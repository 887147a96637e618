import type { MetricField } from "#server/db/find-metric-fields.ts";
import type { MetricPlaces } from "#server/db/read-series.ts";

/** Where metrics are in the schema versions that have them as numbers. Text has no numbers. */
export function metricPlaces(
  metrics: readonly string[],
  fields: readonly MetricField[],
): MetricPlaces {
  const numeric = fields.filter(({ name, type }) => type !== "string" && metrics.includes(name));
  return {
    schemas: numeric.map(({ schemaId }) => schemaId),
    metrics: numeric.map(({ name }) => metrics.indexOf(name) + 1),
    places: numeric.map(({ position }) => position + 1),
    count: metrics.length,
  };
}

/** The schema versions in which a line has readings, as far as it is known. */
type Versions = { readonly oldestSchema: number; readonly newestSchema: number } | undefined;

/**
 * Unit and type of a metric on a line: of the versions that its readings have; without readings of
 * the newest version. What differs between versions is left open; one that names no unit differs
 * from none.
 */
export function describeMetric(
  metric: string,
  fields: readonly MetricField[],
  versions: Versions,
): { readonly unit: string | null; readonly type: string } {
  const own = fields.filter(({ name }) => name === metric);
  const used = own.filter(
    ({ schemaId }) => schemaId === versions?.oldestSchema || schemaId === versions?.newestSchema,
  );
  const units = new Set(
    (used.length > 0 ? used : own.slice(0, 1)).flatMap(({ unit }) => unit ?? []),
  );
  const types = new Set((used.length > 0 ? used : own).map(({ type }) => type));
  const [unit = null] = units;
  const [type = "number"] = types;
  return { unit: units.size > 1 ? null : unit, type: types.size > 1 ? "number" : type };
}
