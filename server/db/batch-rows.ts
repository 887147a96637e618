import type { Tx } from "#server/db/client.ts";
import { batchLeaseSeconds, type ClaimedBatch } from "#server/db/claim-device-batch.ts";

type Of = Pick<ClaimedBatch, "tenantId" | "id">;

/**
 * Has the statements of a transaction join by hashing. Rows and devices of a batch were written a
 * moment ago, and until they are analysed the planner takes them for a handful and goes through all of
 * them for each.
 */
export async function joinByHashing(tx: Tx): Promise<void> {
  await tx.$executeRaw`SET LOCAL enable_nestloop = off`;
}

/**
 * Locks a claimed batch for a transaction of its worker, and keeps it for longer.
 * @param at.done rows that have passed the step at work by then
 * @returns false when it is somebody else's, or was cancelled
 */
export async function holdBatch(
  tx: Tx,
  batch: ClaimedBatch,
  at: { readonly workerId: string; readonly done?: number },
): Promise<boolean> {
  const held = await tx.$executeRaw`
    UPDATE device_batch SET lease_until = now() + make_interval(secs => ${batchLeaseSeconds}::integer),
      done = coalesce(${at.done ?? null}::integer, done), error = ''
    WHERE tenant_id = ${batch.tenantId}::uuid AND id = ${batch.id}::uuid
      AND worker_id = ${at.workerId}::uuid AND state = ${batch.state}::"BatchState"`;
  return held > 0;
}

/** A row as the steps of a worker see it. */
export type WorkRow = {
  readonly line: number;
  readonly deviceId: string;
  readonly deviceUuid: string;
  readonly csrPem: string | null;
  readonly spkiSha256: string | null;
  readonly hasCertificate: boolean;
  readonly hasCredentials: boolean;
};

/** The next rows after a line. */
export async function readWorkRows(
  tx: Tx,
  batch: Of,
  at: { readonly afterLine: number; readonly limit: number },
): Promise<readonly WorkRow[]> {
  return tx.$queryRaw<WorkRow[]>`
    SELECT line, device_id AS "deviceId", device_uuid AS "deviceUuid", csr_pem AS "csrPem",
      spki_sha256 AS "spkiSha256", certificate_pem IS NOT NULL AS "hasCertificate",
      data ? 'credentials' AS "hasCredentials"
    FROM device_batch_row
    WHERE tenant_id = ${batch.tenantId}::uuid AND batch_id = ${batch.id}::uuid AND line > ${at.afterLine}::integer
    ORDER BY line LIMIT ${at.limit}::integer`;
}

/** What a worker found out or made of a row; absent parts stay as they are. */
export type RowResult = {
  readonly line: number;
  readonly spki?: string;
  readonly pem?: string;
  /** Base64. */
  readonly sealed?: string;
  /** Added to the row's data. */
  readonly more?: object;
  readonly problem?: string;
};

/** Keeps results with one statement. */
export async function writeRowResults(
  tx: Tx,
  batch: Of,
  results: readonly RowResult[],
): Promise<void> {
  if (results.length === 0) return;
  const lines = results.map(({ line }) => line);
  await tx.$executeRaw`
    UPDATE device_batch_row r SET spki_sha256 = coalesce(n.spki, r.spki_sha256),
      certificate_pem = coalesce(n.pem, r.certificate_pem),
      sealed_secret = coalesce(decode(n.sealed, 'base64'), r.sealed_secret),
      data = r.data || coalesce(n.more, '{}'::jsonb),
      problems = CASE WHEN n.problem IS NULL THEN r.problems ELSE r.problems || n.problem END
    FROM jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
      AS n(line integer, spki text, pem text, sealed text, more jsonb, problem text)
    WHERE r.tenant_id = ${batch.tenantId}::uuid AND r.batch_id = ${batch.id}::uuid AND r.line = n.line
      AND r.line BETWEEN ${Math.min(...lines)}::integer AND ${Math.max(...lines)}::integer`;
}
