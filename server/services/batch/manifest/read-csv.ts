import { Readable } from "node:stream";
import { CsvError, parse, type Info } from "csv-parse";
import type { SourceRecord } from "#server/services/batch/manifest/source.ts";
import { maxRowBytes } from "#server/services/batch/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";

const delimiters = [",", ";", "\t"] as const;

/** The delimiter that occurs most often in the heading, outside quotes. */
export function detectDelimiter(heading: string): string {
  const plain = heading.replace(/"[^"]*"?/g, "");
  const counts = delimiters.map((each) => plain.split(each).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}

/**
 * The rows of a CSV file with a heading [RFC 4180], as objects by column. A row with more or fewer
 * cells than the heading has a problem; quotes that do not close end the file.
 * @throws ServiceError invalid
 */
export async function* readCsv(
  texts: AsyncGenerator<string, void>,
): AsyncGenerator<SourceRecord, void> {
  const { head, isWhole } = await readHeading(texts);
  const delimiter = detectDelimiter(head.split(/\r?\n/, 1)[0] ?? "");
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
  });
  const all = async function* (): AsyncGenerator<string, void> {
    yield head;
    if (!isWhole) yield* texts;
  };
  const source = Readable.from(all());
  source.once("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: readonly string[] | undefined;
  // The parser counts to a record's last line, and each sign of a CRLF inside of quotes.
  let pairs = 0;
  try {
    for await (const each of parser) {
      const { record, info } = each as { readonly record: readonly string[]; readonly info: Info };
      const text = record.join("");
      const line = info.lines - pairs - (text.match(/[\r\n]/g)?.length ?? 0);
      pairs += text.match(/\r\n/g)?.length ?? 0;
      if (columns === undefined) columns = headingOf(record);
      else yield toRecord(columns, record, line);
    }
  } catch (error) {
    throw error instanceof CsvError ? refusedBy(error) : error;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

/** Enough of the text to see the whole heading. */
async function readHeading(
  texts: AsyncGenerator<string, void>,
): Promise<{ readonly head: string; readonly isWhole: boolean }> {
  let head = "";
  while (!/[\r\n]./s.test(head)) {
    const next = await texts.next();
    if (next.done === true) return { head, isWhole: true };
    head += next.value;
    if (head.length > 2 * maxRowBytes) break;
  }
  return { head, isWhole: false };
}

function headingOf(record: readonly string[]): readonly string[] {
  const columns = record.map((name) => name.trim());
  const twice = columns.find((name, index) => name !== "" && columns.indexOf(name) !== index);
  if (twice === undefined) return columns;
  throw new ServiceError("invalid", `The heading has the column “${twice}” twice.`, {
    remedy: "Give each column a name of its own.",
  });
}

function toRecord(
  columns: readonly string[],
  cells: readonly string[],
  line: number,
): SourceRecord {
  const record: Record<string, string> = {};
  for (const [index, name] of columns.entries()) {
    if (name !== "" && name !== "__proto__") record[name] = cells[index] ?? "";
  }
  if (cells.length === columns.length) return { line, record };
  const problem = `This row has ${cells.length} cells; the heading has ${columns.length}.`;
  return { line, record, problem };
}

function refusedBy(error: CsvError): ServiceError {
  const line = typeof error["lines"] === "number" ? `Line ${error["lines"]}: ` : "";
  if (error.code === "CSV_MAX_RECORD_SIZE") {
    return new ServiceError("invalid", `${line}a row is larger than 64 kB.`, {
      remedy: "Check that all quotes are closed; a row holds one device.",
    });
  }
  if (/QUOTE/.test(error.code)) {
    return new ServiceError("invalid", `${line}the quotes of a cell do not fit.`, {
      remedy: "A cell with quotes stands in quotes itself, and each quote inside is doubled.",
    });
  }
  return new ServiceError("invalid", `${line}this is no CSV.`, {
    remedy: "Send rows of cells with commas, semicolons or tabs between them, and a heading.",
  });
}
