/** Columns of the fleet table besides newest values; the first shows what the row is. */
export const fleetColumnIds = [
  "name",
  "presence",
  "contact",
  "profile",
  "certificate",
  "connection",
  "tags",
  "firmware",
  "gateway",
  "place",
  "serial",
  "created",
] as const;
export type FleetColumnId = (typeof fleetColumnIds)[number];

/** A column of the table: one of ours, or the newest value of a metric. */
export type FleetColumn = {
  readonly id: FleetColumnId | `m.${string}`;
  /** Pixels; null: as it comes. */
  readonly width: number | null;
};

/** Newest values that stand beside each device. */
export const maxMetricColumns = 12;
export const columnWidths = { least: 60, most: 800 } as const;

const maxColumns = fleetColumnIds.length + maxMetricColumns;

const plain = (id: FleetColumnId): FleetColumn => ({ id, width: null });

export const usualColumns: readonly FleetColumn[] = [
  plain("name"),
  plain("presence"),
  plain("contact"),
  plain("profile"),
  plain("certificate"),
  plain("connection"),
];

/** The metric of a column; undefined when it is one of ours. */
export function metricOf({ id }: FleetColumn): string | undefined {
  return id.startsWith("m.") ? id.slice(2) : undefined;
}

/** The metrics that the columns show. */
export function metricsOf(columns: readonly FleetColumn[]): readonly string[] {
  return columns.flatMap((column) => metricOf(column) ?? []);
}

function columnFrom(text: string): FleetColumn | undefined {
  const [, name = "", digits] = /^(.+?)(?:~(\d{1,4}))?$/.exec(text) ?? [];
  const pixels = digits === undefined ? null : Number(digits);
  const fits = pixels === null || (pixels >= columnWidths.least && pixels <= columnWidths.most);
  const width = fits ? pixels : null;
  const own = fleetColumnIds.find((id) => id === name);
  if (own !== undefined) return { id: own, width };
  if (!name.startsWith("m.") || name.length < 3 || name.length > 66) return undefined;
  return { id: `m.${name.slice(2)}`, width };
}

/** Reads columns from an address (`name,contact~240,m.temperature`); what it does not know it leaves out. */
export function columnsFromText(text: string | null): readonly FleetColumn[] {
  const found: FleetColumn[] = [];
  let metrics = 0;
  for (const part of (text ?? "").split(",")) {
    const column = columnFrom(part);
    if (column === undefined || found.some(({ id }) => id === column.id)) continue;
    if (metricOf(column) !== undefined) metrics += 1;
    if (metrics <= maxMetricColumns) found.push(column);
  }
  if (found.length === 0) return usualColumns;
  // The name opens the device: it is always there, and first.
  const name = found.find(({ id }) => id === "name") ?? plain("name");
  return [name, ...found.filter(({ id }) => id !== "name")].slice(0, maxColumns);
}

/** Columns as {@link columnsFromText} reads them; empty for {@link usualColumns}. */
export function columnsToText(columns: readonly FleetColumn[]): string {
  const text = columns
    .map(({ id, width }) => (width === null ? id : `${id}~${Math.round(width)}`))
    .join(",");
  return text === usualColumns.map(({ id }) => id).join(",") ? "" : text;
}
