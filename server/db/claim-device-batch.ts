import type { Database } from "#server/db/client.ts";

/** A batch that this worker has taken on. */
export type ClaimedBatch = {
  readonly tenantId: string;
  readonly id: string;
  readonly state: "checking" | "creating";
};

/** For how long a worker that says nothing keeps its batch; each transaction says something. */
export const batchLeaseSeconds = 10;

/**
 * Takes on the batch that waits longest: a new one, or one whose worker is gone.
 * @returns undefined when there is nothing to do
 */
export async function claimDeviceBatch(
  db: Database,
  workerId: string,
): Promise<ClaimedBatch | undefined> {
  const { rows } = await db.pool.query<ClaimedBatch>({
    name: "claim-device-batch",
    text: `
      UPDATE device_batch b SET worker_id = $1, lease_until = now() + make_interval(secs => $2)
      FROM (SELECT tenant_id, id FROM device_batch
        WHERE state IN ('checking', 'creating') AND (lease_until IS NULL OR lease_until < now())
        ORDER BY lease_until NULLS FIRST, created_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
      WHERE b.tenant_id = next.tenant_id AND b.id = next.id
      RETURNING b.tenant_id AS "tenantId", b.id, b.state`,
    values: [workerId, batchLeaseSeconds],
  });
  return rows[0];
}

/** Lets others go on with a batch. @param error what keeps it waiting, in words; empty for nothing */
export async function releaseDeviceBatch(
  db: Database,
  batch: ClaimedBatch,
  at: { readonly workerId: string; readonly error: string },
): Promise<void> {
  await db.pool.query(
    `UPDATE device_batch SET lease_until = now() - interval '1 millisecond', error = $5
     WHERE tenant_id = $1 AND id = $2 AND worker_id = $3 AND state = $4::"BatchState"`,
    [batch.tenantId, batch.id, at.workerId, batch.state, at.error],
  );
}

/**
 * Keeps a batch while its worker waits for something.
 * @param at.error what it waits for, in words
 * @returns whether it is still this worker's
 */
export async function keepDeviceBatch(
  db: Database,
  batch: ClaimedBatch,
  at: { readonly workerId: string; readonly error: string },
): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `UPDATE device_batch SET lease_until = now() + make_interval(secs => $5), error = $6
     WHERE tenant_id = $1 AND id = $2 AND worker_id = $3 AND state = $4::"BatchState"`,
    [batch.tenantId, batch.id, at.workerId, batch.state, batchLeaseSeconds, at.error],
  );
  return rowCount !== 0;
}

/** Batches that wait for a file longer than that, over all tenants. */
export async function findForgottenBatches(
  db: Database,
  hours: number,
): Promise<readonly { readonly tenantId: string; readonly id: string }[]> {
  const { rows } = await db.pool.query<{ tenantId: string; id: string }>(
    `SELECT tenant_id AS "tenantId", id FROM device_batch
     WHERE state = 'receiving' AND created_at < now() - make_interval(hours => $1)
     ORDER BY created_at LIMIT 100`,
    [hours],
  );
  return rows;
}
