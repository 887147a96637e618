/** How a column is written. Instants are microseconds since 1970; `json` is JSON text. */
export type ColumnKind = "text" | "number" | "integer" | "boolean" | "instant" | "json";

/** A column of an exported table. Its name is the only one of its table. */
export type Column = {
  readonly name: string;
  /** UCUM; null where it has none. */
  readonly unit: string | null;
  readonly kind: ColumnKind;
};

export type Cell = string | number | bigint | boolean | null;
/** Cells in the order of the columns. */
export type Row = readonly Cell[];

/** An instant as ISO 8601 in UTC; microseconds only where there are any. */
export function isoOfMicros(us: bigint): string {
  const perMilli = 1_000n;
  const rest = ((us % perMilli) + perMilli) % perMilli;
  const text = new Date(Number((us - rest) / perMilli)).toISOString();
  return rest === 0n ? text : `${text.slice(0, -1)}${rest.toString().padStart(3, "0")}Z`;
}
