/** A cell of a table that goes into a CSV file. Null is an empty cell. */
export type CsvCell = string | number | boolean | null;

// A spreadsheet runs a cell that starts with one of these; full-width forms fold to the same signs.
const formulaStart = /^[\s\u00a0]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20|%]/;
const needsQuotes = /[",\r\n]|^\s|\s$/;

function encodeCell(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const harmless = formulaStart.test(cell) ? `'${cell}` : cell;
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One record with its CRLF [RFC 4180 2.1]. Text that a spreadsheet would run is led by an apostrophe. */
export function csvRecord(cells: readonly CsvCell[]): string {
  return `${cells.map(encodeCell).join(",")}\r\n`;
}

/** A whole file: header, then records of the same width. */
export function csvFile(
  header: readonly string[],
  records: readonly (readonly CsvCell[])[],
): string {
  return csvRecord(header) + records.map(csvRecord).join("");
}
