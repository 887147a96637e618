import { certificateLives } from "#server/domain/certificate-life.ts";
import { queryParts, type QueryPart, type Span } from "#server/domain/fleet-query-tokens.ts";
import { valueText } from "#server/domain/fleet-query.ts";
import {
  queryKeyMeanings,
  queryKeyOf,
  queryKeys,
  type QueryKey,
} from "#server/domain/fleet-term.ts";
import { presences } from "#server/domain/presence.ts";

/** What can be typed at a place: `from` to `to` is replaced by `text`. */
export type Completion = Span & {
  readonly text: string;
  /** What the list shows beside it. */
  readonly hint: string;
};

/** Values that only the server knows. */
export type KnownValues = {
  readonly profiles: readonly string[];
  readonly tags: readonly string[];
  readonly firmware: readonly string[];
  readonly gateways: readonly string[];
  readonly groups: readonly string[];
  readonly metrics: readonly { readonly name: string; readonly unit: string | null }[];
};

const mostShown = 12;

function valuesOf(key: QueryKey, known: KnownValues): readonly string[] {
  switch (key) {
    case "presence":
      return presences;
    case "cert":
      return certificateLives;
    case "profile":
      return known.profiles;
    case "tag":
      return known.tags;
    case "firmware":
      return known.firmware;
    case "gateway":
      return known.gateways;
    case "group":
      return known.groups;
    case "contact":
      return [">1h", ">1d", ">7d", "<5m", "<1h", "never"];
    case "location":
      return ["yes", "no"];
    case "place":
      return [];
  }
}

/** Those that begin with the text first, then those that contain it. */
function matching(values: readonly string[], typed: string): readonly string[] {
  const lower = typed.toLowerCase();
  const begin = values.filter((value) => value.toLowerCase().startsWith(lower));
  const contain = values.filter(
    (value) => !begin.includes(value) && value.toLowerCase().includes(lower),
  );
  return [...begin, ...contain];
}

/** The value under the cursor of a part that has a key. */
function completeValue(part: QueryPart, cursor: number, known: KnownValues): Completion[] {
  const key = part.key === null || part.key.quoted ? undefined : queryKeyOf(part.key.text);
  const value = part.values.find(({ from, to }) => cursor >= from && cursor <= to);
  if (key === undefined || value === undefined) return [];
  const typed = key === "contact" ? (value.comparison ?? "") + value.text : value.text;
  const keeps = key === "firmware" ? (value.comparison ?? "") : "";
  return matching(valuesOf(key, known), typed)
    .slice(0, mostShown)
    .map((each) => ({
      from: value.from,
      to: value.to,
      text: keeps + (key === "contact" ? each : valueText(each)),
      hint: "",
    }));
}

function completeKey(word: Span & { readonly text: string }, known: KnownValues): Completion[] {
  const { from, to, text } = word;
  const keys = matching(queryKeys, text).map((key) => ({
    from,
    to,
    text: `${key}:`,
    hint: queryKeyMeanings[key as QueryKey],
  }));
  const metrics =
    text === ""
      ? []
      : known.metrics
          .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
          .map(({ name, unit }) => ({
            from,
            to,
            text: `${/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name) && queryKeyOf(name) === undefined ? name : JSON.stringify(name)}:>`,
            hint: unit === null ? "latest value" : `latest value, ${unit}`,
          }));
  return [...keys, ...metrics].slice(0, mostShown);
}

/** What could stand at the cursor: keys where a part begins, values after a key. */
export function completeFleetQuery(
  text: string,
  cursor: number,
  known: KnownValues,
): readonly Completion[] {
  const { parts } = queryParts(text);
  const part = parts.find(({ from, to }) => cursor >= from && cursor <= to);
  if (part === undefined) return completeKey({ from: cursor, to: cursor, text: "" }, known);
  if (part.key !== null) return completeValue(part, cursor, known);
  const [word] = part.values;
  if (word === undefined || word.quoted || cursor < word.from) return [];
  return completeKey({ from: word.from, to: word.to, text: word.text }, known);
}
