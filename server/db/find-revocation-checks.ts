import type { Tx } from "#server/db/client.ts";

/** What a worker found when it judged its sessions by a revocation. */
export type RevocationCheckRow = {
  readonly workerId: string;
  /** Empty once it is long gone. */
  readonly host: string;
  readonly at: Date;
  /** Sessions cut. */
  readonly sessions: number;
};

/** The workers that have judged their sessions by an entry, in order. */
export async function findRevocationChecks(
  tx: Tx,
  revocationId: string,
): Promise<readonly RevocationCheckRow[]> {
  return tx.$queryRaw<RevocationCheckRow[]>`
    SELECT k.worker_id::text AS "workerId", coalesce(w.host, '') AS host, k.at, k.sessions
    FROM revocation_check k LEFT JOIN worker_instance w ON w.id = k.worker_id
    WHERE k.tenant_id = app_tenant() AND k.revocation_id = ${revocationId}::uuid
    ORDER BY k.at, k.worker_id LIMIT 64`;
}

/**
 * How many running workers have not judged their sessions by an entry. One that began after it never had
 * a session on the certificate: it asks the registry at each connection.
 */
export async function countUncheckedWorkers(
  tx: Tx,
  of: { readonly revocationId: string; readonly at: Date },
): Promise<number> {
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM worker_instance w
    WHERE w.heartbeat_at > now() - interval '15 seconds' AND w.started_at <= ${of.at}::timestamptz
      AND NOT EXISTS (SELECT FROM revocation_check k WHERE k.tenant_id = app_tenant()
        AND k.revocation_id = ${of.revocationId}::uuid AND k.worker_id = w.id)`;
  return rows[0]?.count ?? 0;
}
