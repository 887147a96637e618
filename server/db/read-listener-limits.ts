import type { Database } from "#server/db/client.ts";

/** A limit that an administrator set. */
export type ListenerLimitRow = {
  readonly tenantId: string;
  readonly scope: "connection" | "device" | "tenant";
  readonly name: string;
  readonly value: number;
};

/** Limits that were set, of one organisation or of all (ingest role), in a fixed order. */
export async function readListenerLimits(
  db: Database,
  tenantId?: string,
): Promise<readonly ListenerLimitRow[]> {
  const { rows } = await db.pool.query<ListenerLimitRow>(
    // bigint would arrive as text; every bound fits a double exactly.
    `SELECT tenant_id AS "tenantId", scope, name, value::float8 AS value
     FROM listener_limit WHERE $1::uuid IS NULL OR tenant_id = $1
     ORDER BY tenant_id, scope, name`,
    [tenantId ?? null],
  );
  return rows;
}
