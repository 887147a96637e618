import { csvRecord, type CsvCell } from "#server/domain/csv.ts";
import type { ExportFormat } from "#server/domain/export-request.ts";
import { isoOfMicros, type Cell, type Column, type Row } from "#server/jobs/exports/column.ts";
import { parquetEncoder } from "#server/jobs/exports/parquet-encoder.ts";

/** Takes bytes in their order; resolves when there is room for more. */
export type Output = { write(bytes: Uint8Array): Promise<void> };

/** Writes a table, rows as they come. */
export type Encoder = {
  rows(rows: readonly Row[]): Promise<void>;
  /** What comes after the last row. */
  end(): Promise<void>;
};

/** Begins a file: what comes before the first row is written. */
export async function createEncoder(
  format: ExportFormat,
  columns: readonly Column[],
  output: Output,
): Promise<Encoder> {
  switch (format) {
    case "csv":
      return csvEncoder(columns, output);
    case "ndjson":
      return ndjsonEncoder(columns, output);
    case "parquet":
      return parquetEncoder(columns, output);
  }
}

const utf8 = new TextEncoder();

async function csvEncoder(columns: readonly Column[], output: Output): Promise<Encoder> {
  const heading = columns.map(({ name, unit }) =>
    unit === null || name.endsWith(`[${unit}]`) ? name : `${name} [${unit}]`,
  );
  await output.write(utf8.encode(csvRecord(heading)));
  const cellOf = (cell: Cell): CsvCell => (typeof cell === "bigint" ? isoOfMicros(cell) : cell);
  return {
    rows: (rows) =>
      output.write(utf8.encode(rows.map((row) => csvRecord(row.map(cellOf))).join(""))),
    end: () => Promise.resolve(),
  };
}

/** One object a line. A field without a value is left out. */
function ndjsonEncoder(columns: readonly Column[], output: Output): Encoder {
  const names = columns.map(({ name }) => JSON.stringify(name));
  const lineOf = (row: Row): string => {
    const members = columns.flatMap(({ kind }, index) => {
      const cell = row[index] ?? null;
      return cell === null ? [] : [`${names[index]}:${jsonOf(kind, cell)}`];
    });
    return `{${members.join(",")}}\n`;
  };
  return {
    rows: (rows) => output.write(utf8.encode(rows.map(lineOf).join(""))),
    end: () => Promise.resolve(),
  };
}

function jsonOf(kind: Column["kind"], cell: Exclude<Cell, null>): string {
  if (typeof cell === "bigint") return JSON.stringify(isoOfMicros(cell));
  // A structure is JSON text already.
  return kind === "json" ? String(cell) : JSON.stringify(cell);
}
