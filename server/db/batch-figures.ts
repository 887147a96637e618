import type { Tx } from "#server/db/client.ts";

/** What is counted of a batch while it is looked at. */
export type BatchFigures = {
  /** Distinct devices that have connected. */
  readonly sampled: number;
  /** Open letters that its devices sent in quarantine. */
  readonly lettersKept: number;
};

/** Counts of a batch whose devices exist. */
export async function batchFigures(
  tx: Tx,
  at: { readonly tenantId: string; readonly batchId: string },
): Promise<BatchFigures> {
  const { tenantId, batchId } = at;
  const rows = await tx.$queryRaw<{ sampled: bigint; letters: bigint }[]>`
    WITH mine AS MATERIALIZED (
      SELECT key FROM device WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${batchId}::uuid)
    SELECT (SELECT count(*) FROM device_status s JOIN mine ON mine.key = s.device_key
        WHERE s.tenant_id = ${tenantId}::uuid AND s.connected_at IS NOT NULL) AS sampled,
      (SELECT count(*) FROM dead_letter l JOIN mine ON mine.key = l.device_key
        WHERE l.tenant_id = ${tenantId}::uuid AND l.state = 'open' AND l.reason = 'in-quarantine'
          AND l.fingerprint IN (SELECT fingerprint FROM dead_letter_group
            WHERE tenant_id = ${tenantId}::uuid AND reason = 'in-quarantine')) AS letters`;
  const [row] = rows;
  return { sampled: Number(row?.sampled ?? 0), lettersKept: Number(row?.letters ?? 0) };
}
