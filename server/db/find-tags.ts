import type { Tx } from "#server/db/client.ts";

export type TagRow = { readonly tag: string; readonly devices: number };

/** Tags that begin with a text as it is written, with how many devices have each. */
export async function findTags(
  tx: Tx,
  at: { readonly tenantId: string; readonly text: string; readonly limit: number },
): Promise<readonly TagRow[]> {
  // By comparison and not by LIKE: only so the index answers under row-level security.
  return tx.$queryRaw<TagRow[]>`
    WITH RECURSIVE found AS (
      (SELECT t.tag, 1 AS number FROM device_tag t
       WHERE t.tenant_id = ${at.tenantId}::uuid AND t.tag >= ${at.text} AND t.tag < ${`${at.text}\u{10ffff}`}
       ORDER BY t.tag LIMIT 1)
      UNION ALL
      SELECT next.tag, found.number + 1 FROM found CROSS JOIN LATERAL (
        SELECT t.tag FROM device_tag t
        WHERE t.tenant_id = ${at.tenantId}::uuid AND t.tag > found.tag AND t.tag < ${`${at.text}\u{10ffff}`}
        ORDER BY t.tag LIMIT 1) next
      WHERE found.number < ${at.limit}::int)
    SELECT found.tag, (SELECT count(*)::int FROM device_tag t
      WHERE t.tenant_id = ${at.tenantId}::uuid AND t.tag = found.tag) AS devices
    FROM found ORDER BY found.tag`;
}
