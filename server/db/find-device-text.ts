import type { Tx } from "#server/db/client.ts";
import { isIdText } from "#server/db/id-text.ts";
import { containsPattern } from "#server/db/contains-pattern.ts";

/** Beyond so many the table's own order finds a page sooner than a list of keys does. */
const mostTextKeys = 10_000;

/** Keys of the devices in which a text occurs. */
export type TextKeys = {
  /** A PostgreSQL array of bigint as text; null: there are more than {@link mostTextKeys}. */
  readonly keys: string | null;
};

/** In the order of names a text that occurs in such a share is met sooner than its keys are found. */
const frequentShare = 0.02;

/**
 * Finds a text in names, ids and serial numbers by the trigram index, where there is one.
 * @param isByName it is asked for a page in the order of names, see {@link findTextPlace}
 */
export async function findDeviceText(tx: Tx, text: string, isByName: boolean): Promise<TextKeys> {
  const share = isByName && hasPlaces(text) ? frequentShare : null;
  const rows = await tx.$queryRaw<TextKeys[]>`
    SELECT telemetry.find_rare_text(${containsPattern(text)}, ${mostTextKeys}::int, ${share}::real)::text AS keys`;
  return rows[0] ?? { keys: null };
}

/** Whether there are letters in a text by which its places are known. A UUID may be a device's own, which is none of its words. */
export function hasPlaces(text: string): boolean {
  return /[a-z]{3}/i.test(text) && !isIdText(text);
}

/** Names from `first` on and before `beyond`; null is no bound. */
export type NameSpan = { readonly first: string | null; readonly beyond: string | null };

/**
 * The next names among which texts may stand that occur in many devices; undefined: no more.
 * @param from the first name to look at; backwards the one before which to look; null for all
 */
export async function findTextPlace(
  tx: Tx,
  texts: readonly string[],
  { from, backwards }: { readonly from: string | null; readonly backwards: boolean },
): Promise<NameSpan | undefined> {
  const rows = await tx.$queryRaw<NameSpan[]>`
    SELECT first, beyond FROM telemetry.find_text_place(${texts.map(containsPattern)}::text[],
      ${texts.join("\n")}, ${from}::text, ${backwards})`;
  return rows[0];
}
