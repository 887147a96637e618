import type { Database } from "#server/db/client.ts";
import { eraseDeadLetters } from "#server/db/forget-dead-letters.ts";

/** A device whose history is to be deleted. The key is a bigint in text. */
export type OpenErasure = { readonly tenantId: string; readonly deviceKey: string };

/** Rows of one transaction. */
const atOnce = 5_000;

/** Erasures that were asked for and are not finished, oldest first (ingest role). */
export async function findOpenErasures(
  db: Database,
  before: Date,
): Promise<readonly OpenErasure[]> {
  const { rows } = await db.pool.query<OpenErasure>(
    `SELECT tenant_id AS "tenantId", device_key::text AS "deviceKey" FROM device_erasure
     WHERE finished_at IS NULL AND requested_at < $1 ORDER BY requested_at LIMIT 1000`,
    [before],
  );
  return rows;
}

/**
 * Deletes what a device sent and what is known of its connections, in transactions of some
 * thousands of rows, and counts it. May be killed at any point and called again: each transaction
 * counts what it deleted.
 * @returns rows deleted by this call
 */
export async function eraseDevice(db: Database, erasure: OpenErasure, now: Date): Promise<number> {
  let rows = await eraseSeries(db, erasure);
  const letters = await eraseDeadLetters(db, erasure);
  await count(db, erasure, "letters", letters);
  rows += letters;
  for (const [table, column] of [
    ["message_sample", "samples"],
    ["device_connection_event", "connections"],
  ] as const) {
    const deleted = await db.pool.query(
      `DELETE FROM ${table} WHERE tenant_id = $1 AND device_key = $2::bigint`,
      [erasure.tenantId, erasure.deviceKey],
    );
    await count(db, erasure, column, deleted.rowCount ?? 0);
    rows += deleted.rowCount ?? 0;
  }
  await db.pool.query(
    `UPDATE device_erasure SET finished_at = $3
     WHERE tenant_id = $1 AND device_key = $2::bigint AND finished_at IS NULL
       AND NOT EXISTS (SELECT FROM dead_letter l
         WHERE l.tenant_id = $1 AND l.device_key = $2::bigint)`,
    [erasure.tenantId, erasure.deviceKey, now],
  );
  return rows;
}

async function eraseSeries(db: Database, erasure: OpenErasure): Promise<number> {
  let rows = 0;
  for (;;) {
    const { rows: found } = await db.pool.query<{ deleted: string; largest: string }>(
      `WITH erased AS MATERIALIZED (SELECT * FROM telemetry.erase_some($2::bigint, $3)),
       counted AS (
         UPDATE device_erasure e SET readings = e.readings + s.readings, messages = e.messages + s.messages
         FROM erased s WHERE e.tenant_id = $1 AND e.device_key = $2::bigint RETURNING 1)
       SELECT readings + messages AS deleted, greatest(readings, messages) AS largest FROM erased`,
      [erasure.tenantId, erasure.deviceKey, atOnce],
    );
    rows += Number(found[0]?.deleted ?? 0);
    if (Number(found[0]?.largest ?? 0) < atOnce) return rows;
  }
}

async function count(
  db: Database,
  { tenantId, deviceKey }: OpenErasure,
  column: "letters" | "samples" | "connections",
  deleted: number,
): Promise<void> {
  if (deleted === 0) return;
  await db.pool.query(
    `UPDATE device_erasure SET ${column} = ${column} + $3
     WHERE tenant_id = $1 AND device_key = $2::bigint`,
    [tenantId, deviceKey, deleted],
  );
}
