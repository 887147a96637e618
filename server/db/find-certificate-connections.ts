import type { Database } from "#server/db/client.ts";
import type { CertificateConnections } from "#server/domain/alert-rules-seen.ts";

type Row = Omit<CertificateConnections, "connections"> & {
  readonly at: readonly Date[];
  readonly remote: readonly string[];
};

/** Certificates that were shown from more than one address since `since`, with all those connections. */
export async function findCertificateConnections(
  db: Database,
  at: { readonly since: Date; readonly limit: number },
): Promise<readonly CertificateConnections[]> {
  const result = await db.pool.query<Row>(
    `SELECT e.tenant_id AS "tenantId", c.id AS "certificateId", d.device_id AS "deviceId",
       (array_agg(e.at ORDER BY e.at))[1:200] AS at, (array_agg(e.remote_address ORDER BY e.at))[1:200] AS remote
     FROM device_connection_event e
     JOIN certificate c ON c.sha256 = e.certificate_sha256 AND c.tenant_id = e.tenant_id
     JOIN device d ON d.tenant_id = e.tenant_id AND d.key = e.device_key
     WHERE e.at > $1 AND e.kind = 'connected' AND e.certificate_sha256 IS NOT NULL
     GROUP BY e.tenant_id, c.id, d.device_id
     HAVING count(*) > 3 AND min(e.remote_address) <> max(e.remote_address) LIMIT $2`,
    [at.since, at.limit],
  );
  return result.rows.map(({ at: times, remote, ...row }) => ({
    ...row,
    connections: times.map((time, index) => ({ at: time, remote: remote[index] ?? "" })),
  }));
}
