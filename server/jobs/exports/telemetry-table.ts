import { findMetricFields, findSchemaFields } from "#server/db/find-metric-fields.ts";
import { readExportNames, type ExportDevice } from "#server/db/read-export-devices.ts";
import {
  findFieldsOfDevices,
  readExportReadings,
  type ExportReading,
} from "#server/db/read-export-telemetry.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { ExportRequest } from "#server/domain/export-request.ts";
import type { Row } from "#server/jobs/exports/column.ts";
import { metricColumns, type MetricColumns } from "#server/jobs/exports/metric-columns.ts";
import { ExportFailed, type ExportLimits } from "#server/jobs/exports/parts.ts";
import {
  readingColumns,
  readingRow,
  reservedOfReadings,
} from "#server/jobs/exports/reading-row.ts";
import { reservedOfRollups } from "#server/jobs/exports/rollup-row.ts";
import type { Table } from "#server/jobs/exports/table.ts";
import type { Context } from "#server/services/context.ts";

export type TelemetryRequest = Extract<ExportRequest, { kind: "telemetry" }>;

/** What is read of telemetry, and for whom. */
export type TelemetryAt = {
  readonly ctx: Context;
  readonly request: TelemetryRequest;
  readonly metrics: MetricColumns;
};

/** Devices of one question, and readings of each of them in one answer. */
export const devicesAtOnce = 20;
export const readingsAtOnce = 500;
const statementMs = 60_000;
const mostFields = 20_000;

/** What PostgreSQL and ISO 8601 both can say. */
const earliest = Date.parse("0001-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T00:00:00Z");

/** Where the asked metrics are in all schema versions; without any, what the devices' schemas have. */
export async function findMetricColumns(
  ctx: Context,
  at: {
    readonly request: TelemetryRequest;
    readonly keys: readonly bigint[];
    readonly limits: ExportLimits;
  },
): Promise<MetricColumns> {
  const { tenantId } = ctx;
  const { metrics: asked, level } = at.request;
  const fields = await withTenant(ctx, (tx) =>
    asked.length > 0
      ? findMetricFields(tx, { tenantId, names: asked })
      : findFieldsOfDevices(tx, { tenantId, keys: at.keys, most: mostFields }),
  );
  const found = metricColumns({
    fields,
    asked,
    reserved: level === "raw" ? reservedOfReadings : reservedOfRollups,
  });
  if (found.columns.length > at.limits.maxColumns) {
    throw new ExportFailed(
      `The devices have ${found.columns.length} different fields; at most ${at.limits.maxColumns} go into one file. Name the metrics.`,
    );
  }
  return found;
}

/** Single readings of devices, oldest first, device by device. */
export function readingTable(at: TelemetryAt): Table {
  return {
    columns: readingColumns(at.metrics.columns),
    devicesAtOnce,
    pages: (keys) => readingPages(at, keys),
  };
}

async function* readingPages(
  at: TelemetryAt,
  keys: readonly bigint[],
): AsyncGenerator<readonly Row[], void> {
  const { ctx, request } = at;
  const names = await namesOf(ctx, keys);
  for await (const page of pagesOfReadings(ctx, { keys, ...boundsOf(request) })) {
    const metrics = await withUnknown(at, page);
    yield page.flatMap((reading) => {
      const device = names.get(reading.deviceKey);
      if (device === undefined) return [];
      const row = readingRow(reading, { device, metrics, asked: request.metrics });
      return row === undefined ? [] : [row];
    });
  }
}

/**
 * Readings of versions that the devices' profiles are not bound to any more have no columns: their
 * fields are read by name and end in `other`.
 */
async function withUnknown(
  { ctx, request, metrics }: TelemetryAt,
  page: readonly ExportReading[],
): Promise<MetricColumns> {
  const isKnown = (id: number) => request.metrics.length > 0 || metrics.places.has(id);
  const unknown = [...new Set(page.map(({ schemaId }) => schemaId))].filter((id) => !isKnown(id));
  if (unknown.length === 0) return metrics;
  const fields = await withTenant(ctx, (tx) =>
    findSchemaFields(tx, { tenantId: ctx.tenantId, schemaIds: unknown }),
  );
  return { ...metrics, strangers: fields };
}

/** Pages of readings: of many devices at first, then of each that has more alone. */
export async function* pagesOfReadings(
  ctx: Context,
  at: { readonly keys: readonly bigint[]; readonly fromUs: bigint; readonly untilUs: bigint },
): AsyncGenerator<readonly ExportReading[], void> {
  const read = (page: Omit<Parameters<typeof readExportReadings>[1], "most">) =>
    withTenant(ctx, (tx) => readExportReadings(tx, { ...page, most: readingsAtOnce }), {
      timeoutMs: statementMs,
    });
  const first = await read({ ...at, after: null });
  for (const part of byDevice(first)) {
    let page = part;
    yield page;
    for (;;) {
      const last = page.at(-1);
      if (last === undefined || page.length < readingsAtOnce) break;
      const { deviceKey, tsUs: fromUs, messageKey: after } = last;
      page = await read({ keys: [deviceKey], fromUs, untilUs: at.untilUs, after });
      if (page.length > 0) yield page;
    }
  }
}

/** Rows that come by device, as one list for each. */
function byDevice<T extends { readonly deviceKey: bigint }>(
  rows: readonly T[],
): readonly (readonly T[])[] {
  const groups = new Map<bigint, T[]>();
  for (const row of rows) {
    const group = groups.get(row.deviceKey);
    if (group === undefined) groups.set(row.deviceKey, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

export async function namesOf(
  ctx: Context,
  keys: readonly bigint[],
): Promise<ReadonlyMap<bigint, ExportDevice>> {
  const { tenantId } = ctx;
  const names = await withTenant(ctx, (tx) => readExportNames(tx, { tenantId, keys }));
  return new Map(names.map((device) => [device.key, device]));
}

/** The range in microseconds, without what no reading can have. */
export function boundsOf({ from, to }: Pick<TelemetryRequest, "from" | "to">): {
  readonly fromUs: bigint;
  readonly untilUs: bigint;
} {
  const micros = (at: Date) => BigInt(Math.min(latest, Math.max(earliest, at.getTime()))) * 1_000n;
  return { fromUs: micros(from), untilUs: micros(to) };
}
