import { longestDeadLetterFilter } from "#server/domain/dead-letter-filter.ts";

const keys = ["reason", "device", "text"] as const;
export type DeadLetterFilterKey = (typeof keys)[number];
/** The filters as the address bar holds them; empty text filters nothing. */
export type DeadLetterFilterText = Readonly<Record<DeadLetterFilterKey, string>>;

/** Reads the filters from an address or a form; what does not fit is left out. */
export function deadLetterFilterFrom(
  read: (key: DeadLetterFilterKey) => string | null | undefined,
): DeadLetterFilterText {
  const of = (key: DeadLetterFilterKey) => {
    const text = (read(key) ?? "").trim();
    return text.length <= longestDeadLetterFilter[key] ? text : "";
  };
  return { reason: of("reason"), device: of("device"), text: of("text") };
}

/** The filters that filter, as the address and the service take them. */
export function deadLetterFilterAddress(
  filter: DeadLetterFilterText,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keys.flatMap((key) => (filter[key] === "" ? [] : [[key, filter[key]]])),
  );
}

/** The list of single dead letters with these filters. */
export function deadLetterHref(filter: DeadLetterFilterText): string {
  const query = new URLSearchParams(deadLetterFilterAddress(filter)).toString();
  return query === "" ? "/dead-letters/all" : `/dead-letters/all?${query}`;
}
