import type { Database } from "#server/db/client.ts";

/** A certificate that was held or revoked, as workers read it. */
export type RevocationEntry = {
  readonly tenantId: string;
  readonly id: string;
  /** Given when it was entered; a transaction that commits later may have a lower one. */
  readonly position: bigint;
  /** Of the certificate, lower-case hex. */
  readonly sha256: string;
  readonly deviceKey: bigint;
};

type Row = Omit<RevocationEntry, "position" | "deviceKey"> & {
  /** bigint arrives as text. */
  readonly position: string;
  readonly deviceKey: string;
};

const columns = `r.tenant_id AS "tenantId", r.id, r.position, r.sha256, r.device_key AS "deviceKey"`;

function entriesOf(rows: readonly Row[]): readonly RevocationEntry[] {
  return rows.map((row) => ({
    ...row,
    position: BigInt(row.position),
    deviceKey: BigInt(row.deviceKey),
  }));
}

/** The highest position that was entered before an instant; 0 when there is none (ingest role). */
export async function revocationPositionBefore(db: Database, instant: Date): Promise<bigint> {
  const { rows } = await db.pool.query<{ readonly position: string }>(
    `SELECT coalesce(max(position), 0) AS position FROM certificate_revocation WHERE at < $1`,
    [instant],
  );
  return BigInt(rows[0]?.position ?? 0);
}

/**
 * Entries after a position that this worker has not checked, over all tenants (ingest role).
 * @param of.orphans also those that no worker ever checked
 */
export async function readRevocations(
  db: Database,
  of: {
    readonly workerId: string;
    readonly after: bigint;
    readonly orphans: boolean;
    readonly limit: number;
  },
): Promise<readonly RevocationEntry[]> {
  const unchecked = `NOT EXISTS (SELECT FROM revocation_check c
    WHERE c.tenant_id = r.tenant_id AND c.revocation_id = r.id`;
  const orphaned = of.orphans ? `OR ${unchecked})` : "";
  const { rows } = await db.pool.query<Row>(
    `SELECT ${columns} FROM certificate_revocation r
     WHERE (r.position > $1 ${orphaned}) AND ${unchecked} AND c.worker_id = $2)
     ORDER BY r.position LIMIT $3`,
    [of.after.toString(), of.workerId, of.limit],
  );
  return entriesOf(rows);
}

/** What a worker found when it judged its sessions by an entry. */
export type RevocationChecked = Pick<RevocationEntry, "tenantId" | "id"> & {
  readonly at: Date;
  /** Sessions cut. */
  readonly sessions: number;
  /** When the last of them was; null when there was none. */
  readonly cutAt: Date | null;
};

/**
 * Writes that a worker has judged its sessions, and what it cut (ingest role). A check that is there
 * already stays as it is; what was cut since is added to the entry. The last message on the certificate
 * is what the device's status says by now, if the device has not come back with another one.
 */
export async function writeRevocationChecks(
  db: Database,
  workerId: string,
  checks: readonly RevocationChecked[],
): Promise<void> {
  await db.pool.query(
    `WITH checked AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::timestamptz[])
         AS n(tenant_id, revocation_id, at, sessions, cut_at)
     ), noted AS (
       INSERT INTO revocation_check (tenant_id, revocation_id, worker_id, at, sessions)
       SELECT tenant_id, revocation_id, $6::uuid, at, sessions FROM checked
       ON CONFLICT DO NOTHING)
     UPDATE certificate_revocation r SET cut_at = greatest(r.cut_at, n.cut_at),
       cut_sessions = r.cut_sessions + n.sessions
     FROM checked n
     WHERE n.sessions > 0 AND r.tenant_id = n.tenant_id AND r.id = n.revocation_id`,
    [
      checks.map(({ tenantId }) => tenantId),
      checks.map(({ id }) => id),
      checks.map(({ at }) => at),
      checks.map(({ sessions }) => sessions),
      checks.map(({ cutAt }) => cutAt),
      workerId,
    ],
  );
}

/**
 * Takes over when devices last had a session and sent something on these certificates, for those that
 * have not come back with another one (ingest role). What was under way when the session was cut is
 * stored a moment later than that.
 */
export async function refreshLastContacts(
  db: Database,
  entries: readonly Pick<RevocationEntry, "tenantId" | "id">[],
): Promise<void> {
  await db.pool.query(
    `UPDATE certificate_revocation r SET
       last_session_at = greatest(r.last_session_at, s.connected_at),
       last_message_at = CASE WHEN s.last_message_at >= s.connected_at
         THEN greatest(r.last_message_at, s.last_message_at) ELSE r.last_message_at END
     FROM unnest($1::uuid[], $2::uuid[]) AS n(tenant_id, id), device_status s
     WHERE r.tenant_id = n.tenant_id AND r.id = n.id AND s.tenant_id = r.tenant_id
       AND s.device_key = r.device_key AND s.certificate_sha256 = r.sha256`,
    [entries.map(({ tenantId }) => tenantId), entries.map(({ id }) => id)],
  );
}
