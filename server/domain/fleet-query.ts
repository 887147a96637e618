import {
  isBareKey,
  queryParts,
  type Comparison,
  type QueryPart,
  type Span,
} from "#server/domain/fleet-query-tokens.ts";
import { durationText, readMetricTest, readTest } from "#server/domain/fleet-query-values.ts";
import {
  queryKeyOf,
  queryKeys,
  type FleetTerm,
  type FleetTest,
} from "#server/domain/fleet-term.ts";

/** A query has at most so many parts, so that its SQL stays readable for the planner. */
const maxQueryTerms = 30;
const maxValues = 50;

/** What cannot be understood: where, why, and what could stand there instead. */
export type QueryProblem = Span & {
  readonly message: string;
  /** Texts for the place from `from` to `to`. */
  readonly suggestions: readonly string[];
};

export type ParsedQuery = {
  readonly terms: readonly FleetTerm[];
  /** With any of them the query counts as not understood, and nothing is narrowed by it. */
  readonly problems: readonly QueryProblem[];
};

/**
 * Reads a query of the fleet: `presence:silent tag:roof -tag:test firmware:<2.1 temperature:>40
 * words`. It takes any text and never throws.
 */
export function parseFleetQuery(text: string): ParsedQuery {
  const { parts, openQuote } = queryParts(text);
  const terms: FleetTerm[] = [];
  const problems: QueryProblem[] = [];
  if (openQuote !== null) {
    const closed = `${text.slice(openQuote.from)}"`;
    problems.push({ ...openQuote, message: "The quote is not closed.", suggestions: [closed] });
  }
  for (const part of parts.slice(0, maxQueryTerms)) {
    const read = termOf(part);
    if ("message" in read) problems.push(read);
    else if (!isEmptyText(read)) terms.push(read);
  }
  const beyond = parts[maxQueryTerms];
  if (beyond !== undefined) {
    const message = `A query has at most ${maxQueryTerms} parts.`;
    problems.push({ from: beyond.from, to: text.length, message, suggestions: [] });
  }
  return { terms, problems };
}

function isEmptyText(term: FleetTerm): boolean {
  return term.kind === "text" && term.text.trim() === "";
}

function termOf(part: QueryPart): FleetTerm | QueryProblem {
  const { key, negated, values } = part;
  if (key === null) return { kind: "text", text: values[0]?.text ?? "", negated };
  if (values.length > maxValues) {
    const message = `A key takes at most ${maxValues} values.`;
    return { from: part.from, to: part.to, message, suggestions: [] };
  }
  const known = key.quoted ? undefined : queryKeyOf(key.text);
  const compares = values.some(({ comparison }) => comparison !== null);
  if (known === undefined && !key.quoted && !compares) return unknownKey(part, key.text);
  const test = known === undefined ? readMetricTest(key.text, values) : readTest(known, values);
  if (!("message" in test)) return { ...test, negated };
  const { at, message, suggestions } = test;
  return { from: at.from, to: at.to, message, suggestions };
}

function unknownKey(part: QueryPart, word: string): QueryProblem {
  const rest = part.values.map((value) => valueText(value.text)).join(",");
  const sign = part.negated ? "-" : "";
  const near = queryKeys.filter((key) => isNear(key, word.toLowerCase()));
  return {
    from: part.from,
    to: part.to,
    message: `There is no key ${word}. Keys are ${queryKeys.join(", ")}, and metrics with a comparison, as in ${word}:>40 or ${word}:=on. Text with a colon goes into quotes.`,
    suggestions: [
      ...near.map((key) => `${sign}${key}:${rest}`),
      `${sign}${word}:=${rest}`,
      `${sign}${quoted(`${word}:${part.values.map((value) => value.text).join(",")}`)}`,
    ],
  };
}

/** Whether somebody may have meant the key: the same beginning, or one letter missing or too many. */
function isNear(key: string, word: string): boolean {
  if (word.length < 2) return false;
  if (key.startsWith(word) || word.startsWith(key)) return true;
  const [longer, shorter] = key.length >= word.length ? [key, word] : [word, key];
  if (longer.length - shorter.length > 1) return false;
  let same = 0;
  while (same < shorter.length && longer[same] === shorter[same]) same += 1;
  const skip = longer.length === shorter.length ? 1 : 0;
  return longer.slice(same + 1) === shorter.slice(same + skip);
}

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;

/** A value as the language reads it: in quotes where it would be taken for something else. */
export function valueText(text: string): string {
  return /^[^\s,"<>=\\][^\s,"\\]*$/.test(text) ? text : quoted(text);
}

/** Words to be found as the language reads them. */
function wordText(text: string): string {
  return /^[^\s":,-][^\s":]*$/.test(text) ? text : quoted(text);
}

function metricText(test: Extract<FleetTest, { kind: "metric" }>): string {
  const bare = isBareKey(test.metric) && queryKeyOf(test.metric) === undefined;
  const values = test.values.map(({ comparison, value }) => {
    const text = typeof value === "string" ? quoted(value) : String(value);
    return `${comparison}${text}`;
  });
  return `${bare ? test.metric : quoted(test.metric)}:${values.join(",")}`;
}

const compared = (comparison: Comparison, text: string) =>
  comparison === "=" ? text : `${comparison}${text}`;

type Compared = Extract<FleetTest, { kind: "firmware" | "contact" | "metric" }>;

function isCompared(test: FleetTest): test is Compared {
  return test.kind === "firmware" || test.kind === "contact" || test.kind === "metric";
}

function testText(test: FleetTest): string {
  if (isCompared(test)) return comparisonText(test);
  switch (test.kind) {
    case "text":
      return wordText(test.text);
    case "presence":
      return `presence:${test.values.join(",")}`;
    case "certificate":
      return `cert:${test.values.join(",")}`;
    case "profile":
    case "tag":
    case "gateway":
    case "group":
    case "place":
      return `${test.kind}:${test.values.map(valueText).join(",")}`;
    case "location":
      return `location:${test.known ? "yes" : "no"}`;
  }
}

function comparisonText(test: Compared): string {
  switch (test.kind) {
    case "firmware":
      return `firmware:${test.values
        .map((each) => compared(each.comparison, valueText(each.version)))
        .join(",")}`;
    case "contact":
      return `contact:${test.values
        .map((each) =>
          each === "never" ? each : `${each.comparison}${durationText(each.seconds)}`,
        )
        .join(",")}`;
    case "metric":
      return metricText(test);
  }
}

/** Terms as text that {@link parseFleetQuery} reads as the same terms. */
export function printFleetQuery(terms: readonly FleetTerm[]): string {
  return terms.map((term) => `${term.negated ? "-" : ""}${testText(term)}`).join(" ");
}
