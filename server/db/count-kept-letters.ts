import type { Tx } from "#server/db/client.ts";

/** Open letters of devices that were in quarantine, of one cause. */
export type KeptLetters = { readonly fingerprint: string; readonly letters: number };

/**
 * What the devices of a batch, or one device, sent in quarantine.
 * @param at.of UUID of the batch or of the device
 */
export async function countKeptLetters(
  tx: Tx,
  at: { readonly tenantId: string; readonly of: string },
): Promise<readonly KeptLetters[]> {
  const { tenantId, of } = at;
  const rows = await tx.$queryRaw<{ fingerprint: string; letters: bigint }[]>`
    SELECT l.fingerprint, count(*) AS letters FROM dead_letter l
      JOIN device d ON d.tenant_id = l.tenant_id AND d.key = l.device_key
    WHERE l.tenant_id = ${tenantId}::uuid AND l.state = 'open' AND l.direction = 'inbound'
      AND l.fingerprint IN (SELECT fingerprint FROM dead_letter_group
        WHERE tenant_id = ${tenantId}::uuid AND reason = 'in-quarantine')
      AND (d.batch_id = ${of}::uuid OR d.id = ${of}::uuid)
    GROUP BY l.fingerprint ORDER BY l.fingerprint`;
  return rows.map(({ fingerprint, letters }) => ({ fingerprint, letters: Number(letters) }));
}
