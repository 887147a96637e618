import type { Tx } from "#server/db/client.ts";

/** What is known of one throttled key. */
export type ThrottleRow = {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly failures: number;
  readonly retry_at: Date;
  readonly updated_at: Date;
};

/**
 * Locks the rows of the keys until the transaction ends, creating those that are missing, always in
 * the same order: attempts at the same moment are judged one after the other.
 */
export async function lockThrottle(
  tx: Tx,
  keys: readonly Uint8Array<ArrayBuffer>[],
  now: Date,
): Promise<readonly ThrottleRow[]> {
  const hex = keys.map((key) => Buffer.from(key).toString("hex"));
  await tx.$executeRaw`
    INSERT INTO sign_in_throttle (key, failures, retry_at, updated_at)
    SELECT decode(k, 'hex'), 0, ${now}, ${now} FROM unnest(${hex}::text[]) AS k ORDER BY k
    ON CONFLICT (key) DO NOTHING`;
  return tx.$queryRaw<ThrottleRow[]>`
    SELECT key, failures, retry_at, updated_at FROM sign_in_throttle
    WHERE key IN (SELECT decode(k, 'hex') FROM unnest(${hex}::text[]) AS k)
    ORDER BY key FOR UPDATE`;
}
