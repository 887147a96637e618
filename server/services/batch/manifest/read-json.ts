import { JSONParser } from "@streamparser/json";
import type { SourceRecord } from "#server/services/batch/manifest/source.ts";
import { maxRowBytes } from "#server/services/batch/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";

/** Text that is parsed at once, characters; what is inside a record is measured as closely as that. */
const pieceLength = 8_192;

/**
 * The members of a JSON array while it arrives [RFC 8259]: of the document itself, or of one of the
 * named members when the document is an object. No more than one record stands in memory.
 * @throws ServiceError invalid
 */
export async function* readJson(
  texts: AsyncGenerator<string, void>,
  containers: readonly string[],
): AsyncGenerator<SourceRecord, void> {
  let parser: JSONParser | undefined;
  let found: unknown[] = [];
  let sinceRecord = 0;
  let line = 0;
  for await (const text of texts) {
    if (parser === undefined && text.trim() === "") continue;
    parser ??= openParser(text, containers, (value) => found.push(value));
    for (let from = 0; from < text.length; from += pieceLength) {
      const piece = text.slice(from, from + pieceLength);
      feed(parser, piece);
      sinceRecord = found.length > 0 ? 0 : sinceRecord + piece.length;
      if (sinceRecord > maxRowBytes + pieceLength) throw tooLarge(line + 1);
      const records = found;
      found = [];
      for (const record of records) {
        line += 1;
        yield { line, record };
      }
    }
  }
  if (parser === undefined) throw refused("The file is empty.");
  if (!parser.isEnded) throw refused("The file ends in the middle of the JSON.");
}

function openParser(
  start: string,
  containers: readonly string[],
  onRecord: (record: unknown) => void,
): JSONParser {
  const first = start.trimStart().charAt(0);
  if (first !== "[" && (first !== "{" || containers.length === 0)) {
    throw refused("The file is no JSON array.");
  }
  const paths = first === "[" ? ["$.*"] : containers.map((name) => `$.${name}.*`);
  const parser = new JSONParser({ paths, keepStack: false });
  parser.onValue = ({ value }) => onRecord(value);
  return parser;
}

function feed(parser: JSONParser, piece: string): void {
  if (parser.isEnded) {
    if (piece.trim() === "") return;
    throw refused("Something follows the end of the JSON.");
  }
  try {
    parser.write(piece);
  } catch {
    throw refused("The file is no JSON.");
  }
}

/**
 * JSON documents, one a line. A line that is none has a problem; the others are read nevertheless.
 * @throws ServiceError invalid: a line is too long
 */
export async function* readNdjson(
  texts: AsyncGenerator<string, void>,
): AsyncGenerator<SourceRecord, void> {
  let rest = "";
  let line = 0;
  for await (const text of texts) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const each of lines) {
      line += 1;
      yield* readLine(line, each);
    }
    if (rest.length > maxRowBytes) throw tooLarge(line + 1);
  }
  yield* readLine(line + 1, rest);
}

function* readLine(line: number, text: string): Generator<SourceRecord, void> {
  if (text.length > maxRowBytes) throw tooLarge(line);
  if (text.trim() === "") return;
  try {
    yield { line, record: JSON.parse(text) as unknown };
  } catch {
    yield { line, record: {}, problem: "This line is no JSON." };
  }
}

function refused(message: string): ServiceError {
  return new ServiceError("invalid", message, {
    remedy: "Send an array of objects, one for each device.",
  });
}

function tooLarge(line: number): ServiceError {
  return new ServiceError("invalid", `Record ${line} is larger than 64 kB.`, {
    remedy: "A record holds one device.",
  });
}
