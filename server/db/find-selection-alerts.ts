import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";

/** Alerts whose devices are looked at, the newest: in practice far fewer stand. */
const mostLookedAt = 5_000;

/**
 * Standing alerts about devices of a selection or their certificates, the newest first.
 * `severities` empty: all of them.
 * @returns UUIDs, at most `limit`
 */
export async function findSelectionAlerts(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt & { readonly severities: readonly string[]; readonly limit: number },
): Promise<readonly string[]> {
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH standing AS MATERIALIZED (
      SELECT a.id, a.last_at,
        CASE a.subject_kind WHEN 'device' THEN a.subject_id ELSE a.subject_name END AS of_device
      FROM alert a
      WHERE a.tenant_id = ${at.tenantId}::uuid AND a.state IN ('open', 'acknowledged')
        AND a.subject_kind IN ('device', 'certificate')
        AND (cardinality(${[...at.severities]}::text[]) = 0 OR a.severity = ANY(${[...at.severities]}::text[]))
      ORDER BY a.last_at DESC LIMIT ${mostLookedAt})
    SELECT s.id FROM standing s
    WHERE EXISTS (SELECT FROM ${from} WHERE d.device_id = s.of_device AND ${where})
    ORDER BY s.last_at DESC, s.id LIMIT ${at.limit}`;
  return rows.map(({ id }) => id);
}
