import type { Database } from "#server/db/client.ts";
import {
  untimelyHandshake,
  type ClockRefusals,
  type RevokedAttempts,
} from "#server/domain/alert-rules-seen.ts";

/** Who was refused since `since` because somebody's clock is wrong: ours, a CA's, or the device's. */
export async function findClockRefusals(
  db: Database,
  at: { readonly since: Date; readonly limit: number },
): Promise<readonly ClockRefusals[]> {
  const result = await db.pool.query<ClockRefusals>(
    `SELECT r.tenant_id AS "tenantId", d.device_id AS "deviceId", r.remote, sum(r.count)::integer AS count, max(r.last_at) AS "lastAt"
     FROM refused_connection r
     LEFT JOIN device d ON d.tenant_id = r.tenant_id AND d.key = r.device_key
     WHERE r.last_at > $1 AND (r.reason = 'not-yet-valid' OR r.reason = 'handshake' AND starts_with(r.detail, $2))
     GROUP BY r.tenant_id, d.device_id, r.remote ORDER BY max(r.last_at) DESC LIMIT $3`,
    [at.since, untimelyHandshake, at.limit],
  );
  return result.rows;
}

/** Revoked certificates with which somebody has connected since `since`. */
export async function findRevokedAttempts(
  db: Database,
  at: { readonly since: Date; readonly limit: number },
): Promise<readonly RevokedAttempts[]> {
  const result = await db.pool.query<
    Omit<RevokedAttempts, "attempts"> & { readonly attempts: string }
  >(
    `SELECT r.tenant_id AS "tenantId", r.id AS "revocationId", r.certificate_id AS "certificateId",
       coalesce(d.device_id, r.sha256) AS "deviceId", r.attempts, r.last_attempt_at AS "lastAt", r.last_attempt_remote AS remote
     FROM certificate_revocation r
     LEFT JOIN device d ON d.tenant_id = r.tenant_id AND d.key = r.device_key
     WHERE r.kind = 'revoked' AND r.attempts > 0 AND r.last_attempt_at > $1 AND r.released_at IS NULL
     ORDER BY r.last_attempt_at DESC LIMIT $2`,
    [at.since, at.limit],
  );
  return result.rows.map((row) => ({ ...row, attempts: Number(row.attempts) }));
}
