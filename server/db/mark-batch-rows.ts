import type { Tx } from "#server/db/client.ts";
import type { ClaimedBatch } from "#server/db/claim-device-batch.ts";

type Of = Pick<ClaimedBatch, "tenantId" | "id">;

/** Rows that say the same device id, serial number or key: each names the first of them. */
export async function markDuplicates(tx: Tx, { tenantId, id }: Of): Promise<void> {
  await tx.$executeRaw`
    UPDATE device_batch_row r SET problems = r.problems || n.words
    FROM (
      SELECT line, array_remove(ARRAY[
        CASE WHEN device_id <> '' AND count(*) OVER ids > 1 THEN
          format('The device id “%s” is in the file %s times, first in line %s.', device_id, count(*) OVER ids, min(line) OVER ids) END,
        CASE WHEN serial <> '' AND count(*) OVER serials > 1 THEN
          format('The serial number “%s” is in the file %s times, first in line %s.', serial, count(*) OVER serials, min(line) OVER serials) END,
        CASE WHEN spki_sha256 IS NOT NULL AND count(*) OVER keys > 1 THEN
          format('CSR: the same key is in the file %s times, first in line %s. Each device needs a key of its own.', count(*) OVER keys, min(line) OVER keys) END
      ], NULL) AS words
      FROM device_batch_row WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${id}::uuid
      WINDOW ids AS (PARTITION BY device_id),
        serials AS (PARTITION BY serial, coalesce(data ->> 'manufacturer', ''), coalesce(data ->> 'model', '')),
        keys AS (PARTITION BY spki_sha256)) AS n
    WHERE r.tenant_id = ${tenantId}::uuid AND r.batch_id = ${id}::uuid AND r.line = n.line
      AND cardinality(n.words) > 0`;
}

/** Rows whose serial number a living device of the organisation has, of the same manufacturer and model. */
export async function markKnownSerials(tx: Tx, { tenantId, id }: Of): Promise<number> {
  return tx.$executeRaw`
    UPDATE device_batch_row r SET problems = r.problems
      || format('The serial number “%s” belongs to the device “%s” already.', r.serial, d.device_id)
    FROM device d
    WHERE r.tenant_id = ${tenantId}::uuid AND r.batch_id = ${id}::uuid AND r.serial <> ''
      AND d.tenant_id = r.tenant_id AND d.serial = r.serial AND d.state <> 'decommissioned'
      AND d.manufacturer = coalesce(r.data ->> 'manufacturer', '') AND d.model = coalesce(r.data ->> 'model', '')
      AND d.batch_id IS DISTINCT FROM r.batch_id`;
}

/** Rows whose device id is one of those. */
export async function markTakenIds(
  tx: Tx,
  { tenantId, id }: Of,
  deviceIds: readonly string[],
): Promise<void> {
  if (deviceIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE device_batch_row SET problems = problems || format('The device id “%s” is taken.', device_id)
    WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${id}::uuid
      AND device_id = ANY(${[...deviceIds]}::text[])`;
}

/** Rows whose key is one of those. */
export async function markTakenKeys(
  tx: Tx,
  { tenantId, id }: Of,
  spkiSha256s: readonly string[],
): Promise<void> {
  if (spkiSha256s.length === 0) return;
  await tx.$executeRaw`
    UPDATE device_batch_row
    SET problems = problems || 'CSR: its key belongs to another device already. Each device needs a key of its own.'::text
    WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${id}::uuid
      AND spki_sha256 = ANY(${[...spkiSha256s]}::text[])`;
}

/** How many rows have a problem. */
export async function countBadRows(tx: Tx, { tenantId, id }: Of): Promise<number> {
  const rows = await tx.$queryRaw<{ bad: bigint }[]>`
    SELECT count(*) AS bad FROM device_batch_row
    WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${id}::uuid AND problems <> '{}'`;
  return Number(rows[0]?.bad ?? 0);
}
