import type { Database } from "#server/db/client.ts";

export type OpenDifferences = {
  readonly tenantId: string;
  /** Messages, whichever way they are missing. */
  readonly messages: number;
};

/** What does not add up and nobody has acknowledged, by tenant; tenants in balance are left out. */
export async function sumOpenDifferences(db: Database): Promise<readonly OpenDifferences[]> {
  const result = await db.pool.query<{ tenantId: string; messages: string }>(
    `SELECT tenant_id AS "tenantId", sum(abs(difference))::text AS messages
     FROM ledger_difference WHERE resolved_at IS NULL AND acknowledged_at IS NULL GROUP BY tenant_id`,
  );
  return result.rows.map(({ tenantId, messages }) => ({ tenantId, messages: Number(messages) }));
}
