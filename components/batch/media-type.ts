import { listNames } from "#components/batch/read-json-head.ts";

/**
 * What a file is, by its beginning: a name may say anything, and browsers do not know NDJSON.
 * @returns the media type with which it is sent
 */
export function mediaTypeOf(head: string): string {
  const start = head.trimStart();
  if (start.startsWith("[")) return "application/json";
  if (!start.startsWith("{")) return "text/csv";
  const line = /^[^\r\n]*/.exec(start)?.[0] ?? "";
  const document = parsed(line);
  // An object that does not end on its line is the only one, and holds the list.
  if (document === undefined) return "application/json";
  const isOnly = start.slice(line.length).trim() === "";
  return isOnly && holdsList(document) ? "application/json" : "application/x-ndjson";
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The server will say what is wrong, and where.
    return undefined;
  }
}

function holdsList(document: unknown): boolean {
  return (
    typeof document === "object" &&
    document !== null &&
    listNames.some((name) => Array.isArray(Reflect.get(document, name)))
  );
}
