import type { ExportDevice } from "#server/db/read-export-devices.ts";
import type { ExportReading } from "#server/db/read-export-telemetry.ts";
import type { Cell, Column, Row } from "#server/jobs/exports/column.ts";
import type { MetricColumn, MetricColumns } from "#server/jobs/exports/metric-columns.ts";

const lead: readonly Column[] = [
  { name: "device_id", unit: null, kind: "text" },
  { name: "device_name", unit: null, kind: "text" },
  { name: "time", unit: null, kind: "instant" },
  { name: "received_at", unit: null, kind: "instant" },
];
/** What has no column: structures, and values of another type than their field's. */
const otherColumn: Column = { name: "other", unit: null, kind: "json" };

/** Names that a metric's column cannot have. */
export const reservedOfReadings = [...lead, otherColumn].map(({ name }) => name);

/** The table of single readings. */
export function readingColumns(metrics: readonly MetricColumn[]): readonly Column[] {
  return [...lead, ...metrics, otherColumn];
}

/**
 * A reading as a row.
 * @param at.asked names that were asked for; none: all
 * @returns undefined when it has nothing of what was asked for
 */
export function readingRow(
  reading: ExportReading,
  at: {
    readonly device: ExportDevice;
    readonly metrics: MetricColumns;
    readonly asked: readonly string[];
  },
): Row | undefined {
  const { columns, places } = at.metrics;
  const cells: Cell[] = columns.map(() => null);
  for (const { column, position } of places.get(reading.schemaId) ?? []) {
    const value = reading.values[position] ?? null;
    if (value === null) continue;
    cells[column] = columns[column]?.kind === "boolean" ? value !== 0 : value;
  }
  const rest = [...strangers(reading, at.metrics), ...placeExtra(reading, at.metrics, cells)];
  const wanted = at.asked.length === 0 ? rest : rest.filter(([name]) => at.asked.includes(name));
  const other = wanted.length === 0 ? null : JSON.stringify(Object.fromEntries(wanted));
  if (at.asked.length > 0 && other === null && cells.every((cell) => cell === null)) {
    return undefined;
  }
  const { deviceId, name } = at.device;
  return [deviceId, name, reading.tsUs, reading.receivedUs, ...cells, other];
}

/** Numbers and booleans of a version that has no columns. */
function strangers(
  { schemaId, values }: ExportReading,
  metrics: MetricColumns,
): readonly (readonly [string, unknown])[] {
  return (metrics.strangers ?? []).flatMap((field) => {
    const value = values[field.position] ?? null;
    if (field.schemaId !== schemaId || value === null) return [];
    return [[field.name, field.type === "boolean" ? value !== 0 : value] as const];
  });
}

/** Puts text and structures into their columns. @returns what has none */
function placeExtra(
  { extra, schemaId }: ExportReading,
  { columns, places }: MetricColumns,
  cells: Cell[],
): readonly (readonly [string, unknown])[] {
  if (extra === null) return [];
  const own = new Set((places.get(schemaId) ?? []).map(({ column }) => column));
  return Object.entries(extra).filter(([name, value]) => {
    const column = columns.findIndex(
      (each, index) =>
        each.metric === name && (own.has(index) || each.kind === "json") && fits(each, value),
    );
    if (column === -1 || cells[column] !== null) return true;
    cells[column] = columns[column]?.kind === "json" ? JSON.stringify(value) : (value as Cell);
    return false;
  });
}

function fits({ kind }: MetricColumn, value: unknown): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "json":
      return true;
  }
}
