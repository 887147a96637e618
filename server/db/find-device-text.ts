import type { Tx } from "#server/db/client.ts";
import { containsPattern } from "#server/db/contains-pattern.ts";

/** Beyond so many the table's own order finds a page sooner than a list of keys does. */
const mostTextKeys = 10_000;

/** Keys of the devices in which a text occurs. */
export type TextKeys = {
  /** A PostgreSQL array of bigint as text; null: there are more than {@link mostTextKeys}. */
  readonly keys: string | null;
};

/** Finds a text in names, ids and serial numbers by the trigram index, where there is one. */
export async function findDeviceText(tx: Tx, text: string): Promise<TextKeys> {
  const most = mostTextKeys + 1;
  const rows = await tx.$queryRaw<{ readonly keys: string; readonly count: number }[]>`
    SELECT coalesce(array_agg(found.key), '{}')::text AS keys, count(*)::int AS count
    FROM telemetry.find_device_text(${containsPattern(text)}, ${most}::int) AS found(key)`;
  const [row] = rows;
  return { keys: row === undefined || row.count > mostTextKeys ? null : row.keys };
}
