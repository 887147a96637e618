/** A span of the text, as positions of its UTF-16 units. */
export type Span = { readonly from: number; readonly to: number };

export const comparisons = ["<=", ">=", "<", ">", "="] as const;
export type Comparison = (typeof comparisons)[number];

/** One value after a key: `>=2.1`, `"Pump 3"`. */
export type QueryValue = Span & {
  readonly comparison: Comparison | null;
  readonly text: string;
  readonly quoted: boolean;
};

/** One part of a query between blanks. */
export type QueryPart = Span & {
  readonly negated: boolean;
  /** Null: words to be found. */
  readonly key: (Span & { readonly text: string; readonly quoted: boolean }) | null;
  /** Of a part without a key exactly one. */
  readonly values: readonly QueryValue[];
};

/** A quote that nothing closes. */
export type OpenQuote = Span;

const blank = /\s/;
const keyShape = /^[\p{L}_][\p{L}\p{M}\p{N}_./-]*$/u;

type Reader = { readonly text: string; at: number; openQuote: OpenQuote | null };

/** Whether a text may stand before a colon as it is. */
export function isBareKey(text: string): boolean {
  return keyShape.test(text);
}

/** Reads a quoted text from its quote on; `\"` and `\\` stand for the sign itself. */
function readQuoted(reader: Reader): string {
  const from = reader.at;
  let read = "";
  reader.at += 1;
  while (reader.at < reader.text.length) {
    const sign = reader.text.charAt(reader.at);
    reader.at += 1;
    if (sign === '"') return read;
    if (sign === "\\" && reader.at < reader.text.length) {
      read += reader.text.charAt(reader.at);
      reader.at += 1;
    } else {
      read += sign;
    }
  }
  reader.openQuote = { from, to: reader.text.length };
  return read;
}

function readBare(reader: Reader, ends: RegExp): string {
  const from = reader.at;
  while (reader.at < reader.text.length && !ends.test(reader.text.charAt(reader.at))) {
    reader.at += 1;
  }
  return reader.text.slice(from, reader.at);
}

function readComparison(reader: Reader): Comparison | null {
  const found = comparisons.find((sign) => reader.text.startsWith(sign, reader.at));
  if (found === undefined) return null;
  reader.at += found.length;
  return found;
}

function readValue(reader: Reader): QueryValue {
  const from = reader.at;
  const comparison = readComparison(reader);
  const quoted = reader.text.charAt(reader.at) === '"';
  const text = quoted ? readQuoted(reader) : readBare(reader, /[\s,"]/);
  return { from, to: reader.at, comparison, text, quoted };
}

function readValues(reader: Reader): QueryValue[] {
  const values = [readValue(reader)];
  while (reader.text.charAt(reader.at) === ",") {
    reader.at += 1;
    values.push(readValue(reader));
  }
  return values;
}

/** `presence:` or `"outdoor temperature":` at the reader, which then stands behind the colon. */
function readKey(reader: Reader): QueryPart["key"] {
  const from = reader.at;
  const quoted = reader.text.charAt(from) === '"';
  const text = quoted ? readQuoted(reader) : readBare(reader, /[\s:",]/);
  const to = reader.at;
  if (reader.text.charAt(to) === ":" && (quoted ? text !== "" : isBareKey(text))) {
    reader.at += 1;
    return { from, to, text, quoted };
  }
  reader.at = from;
  return null;
}

function readPart(reader: Reader): QueryPart {
  const from = reader.at;
  const next = reader.text.charAt(from + 1);
  const negated = reader.text.charAt(from) === "-" && next !== "" && !blank.test(next);
  if (negated) reader.at += 1;
  const key = readKey(reader);
  if (key !== null) {
    const values = readValues(reader);
    return { from, to: reader.at, negated, key, values };
  }
  const start = reader.at;
  const quoted = reader.text.charAt(start) === '"';
  const text = quoted ? readQuoted(reader) : readBare(reader, /[\s"]/);
  const value = { from: start, to: reader.at, comparison: null, text, quoted };
  return { from, to: reader.at, negated, key: null, values: [value] };
}

/** Cuts a query into its parts. It takes any text. */
export function queryParts(text: string): {
  readonly parts: readonly QueryPart[];
  readonly openQuote: OpenQuote | null;
} {
  const reader: Reader = { text, at: 0, openQuote: null };
  const parts: QueryPart[] = [];
  for (;;) {
    while (blank.test(text.charAt(reader.at))) reader.at += 1;
    if (reader.at >= text.length) return { parts, openQuote: reader.openQuote };
    parts.push(readPart(reader));
  }
}
