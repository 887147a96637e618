import type { Tx } from "#server/db/client.ts";

export type StoredMessageRow = {
  readonly ts: Date;
  readonly receivedAt: Date;
  readonly schemaId: number;
  readonly flags: number;
  readonly values: readonly (number | null)[];
  readonly extra: Readonly<Record<string, unknown>> | null;
};

/** The device's newest readings by their own time, newest first. */
export async function readNewestMessages(
  tx: Tx,
  at: { readonly deviceKey: bigint; readonly limit: number },
): Promise<readonly StoredMessageRow[]> {
  return tx.$queryRaw<StoredMessageRow[]>`
    SELECT ts, received_at AS "receivedAt", schema_id AS "schemaId", flags, "values", extra
    FROM telemetry.newest_readings(${at.deviceKey}::bigint, ${at.limit}::integer)
    ORDER BY ts DESC`;
}
