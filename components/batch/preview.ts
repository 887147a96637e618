import { readCsvHead } from "#components/batch/read-csv-head.ts";
import { readJsonHead } from "#components/batch/read-json-head.ts";
import { previewText } from "#components/strings/batch.ts";

/** How much of a file is read to show what is in it. */
export const previewBytes = 65_536;
const previewRows = 5;
const mostColumns = 512;

/** The beginning of a file as a table, or why it cannot be one. */
export type Preview =
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "unreadable"; readonly problem: string };

/**
 * What a file has in it, by its beginning.
 * @param whole `bytes` is the whole file
 */
export function previewOf(bytes: Uint8Array<ArrayBuffer>, whole: boolean): Preview {
  const text = textOf(bytes, whole);
  if (typeof text !== "string") return { kind: "unreadable", ...text };
  const start = text.trimStart().charAt(0);
  return start === "{" || start === "[" ? previewOfJson(text) : previewOfCsv(text, whole);
}

function textOf(
  bytes: Uint8Array<ArrayBuffer>,
  whole: boolean,
): string | { readonly problem: string } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { problem: previewText.utf16 };
  }
  if (bytes.includes(0)) return { problem: previewText.binary };
  try {
    // A sign may be cut in two where the beginning ends.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
  } catch {
    return { problem: previewText.notUtf8 };
  }
}

function previewOfCsv(text: string, whole: boolean): Preview {
  const [header, ...rows] = readCsvHead(text, { most: previewRows + 1, whole });
  const columns = (header ?? []).map((name) => name.trim());
  if (columns.every((name) => name === "")) {
    return { kind: "unreadable", problem: previewText.noHeader };
  }
  const twice = columns.find((name, index) => name !== "" && columns.indexOf(name) !== index);
  if (twice !== undefined) {
    return { kind: "unreadable", problem: previewText.columnTwice(twice) };
  }
  if (rows.length === 0) return { kind: "unreadable", problem: previewText.noRows };
  return {
    kind: "table",
    columns: columns.slice(0, mostColumns),
    rows: rows.map((row) => columns.map((_, index) => row[index] ?? "")),
  };
}

function previewOfJson(text: string): Preview {
  const objects = readJsonHead(text, previewRows);
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  if (columns.length === 0) return { kind: "unreadable", problem: previewText.noRecords };
  return {
    kind: "table",
    columns: columns.slice(0, mostColumns),
    rows: objects.map((object) =>
      columns.map((name) => (Object.hasOwn(object, name) ? cellOf(object[name]) : "")),
    ),
  };
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
