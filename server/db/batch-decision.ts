import type { Tx } from "#server/db/client.ts";

type At = { readonly tenantId: string; readonly batchId: string };

/** Lets the batch's devices out of quarantine. @returns how many */
export async function activateBatchDevices(tx: Tx, at: At): Promise<number> {
  return tx.$executeRaw`
    UPDATE device SET state = 'active' WHERE tenant_id = ${at.tenantId}::uuid
      AND batch_id = ${at.batchId}::uuid AND state = 'quarantined'`;
}

/** What ended with the devices of a rejected batch. */
export type BatchEnded = { readonly devices: number; readonly credentials: number };

/** The certificates of the batch's devices that are not revoked. */
export async function findBatchCertificates(
  tx: Tx,
  { tenantId, batchId }: At,
): Promise<readonly { readonly id: string }[]> {
  return tx.$queryRaw<{ id: string }[]>`
    SELECT c.id::text FROM device d
    JOIN certificate c ON c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.state <> 'revoked'
    WHERE d.tenant_id = ${tenantId}::uuid AND d.batch_id = ${batchId}::uuid`;
}

/** Ends the batch's devices for good, with their credentials. */
export async function endBatchDevices(
  tx: Tx,
  at: At & { readonly now: Date },
): Promise<BatchEnded> {
  const { tenantId, batchId, now } = at;
  const devices = await tx.$executeRaw`
    UPDATE device SET state = 'decommissioned', decommissioned_at = ${now}::timestamptz
    WHERE tenant_id = ${tenantId}::uuid AND batch_id = ${batchId}::uuid AND state <> 'decommissioned'`;
  const credentials = await tx.$executeRaw`
    UPDATE device_credential c SET revoked_at = ${now}::timestamptz
    FROM device d WHERE d.tenant_id = ${tenantId}::uuid AND d.batch_id = ${batchId}::uuid
      AND c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.revoked_at IS NULL`;
  return { devices, credentials };
}
