import type { Database } from "#server/db/client.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

/** A will whose time has come, and whose it is. */
export type DueWillRow = {
  readonly sessionId: string;
  readonly generation: string;
  readonly sessionKey: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** Null for a service client. */
  readonly deviceKey: string | null;
  readonly deviceUuid: string | null;
  readonly deviceId: string | null;
  readonly profileId: string | null;
  readonly deviceState: DeviceState | null;
  readonly serviceClientId: string | null;
  readonly topic: string;
  readonly payload: Buffer;
  readonly forwarded: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly messageExpirySeconds: string | null;
  readonly delaySeconds: string;
};

/** For so long nobody else publishes a will that was taken. */
const leaseSeconds = 30;

/**
 * Takes wills that are due, oldest first, each for one worker only. Unless {@link settleWill} says
 * that it was published, a will may be taken again after half a minute (ingest role).
 */
export async function takeDueWills(db: Database, limit: number): Promise<readonly DueWillRow[]> {
  const { rows } = await db.pool.query<DueWillRow>(
    `WITH due AS (
       SELECT id FROM mqtt_session
       WHERE will_due_at <= now() AND will_topic IS NOT NULL AND coalesce(will_lease_until <= now(), true)
       ORDER BY will_due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED),
     taken AS (
       UPDATE mqtt_session s SET will_lease_until = now() + make_interval(secs => $2)
       FROM due WHERE s.id = due.id RETURNING s.*)
     SELECT t.id AS "sessionId", t.generation, t.session_key AS "sessionKey", t.tenant_id AS "tenantId",
       t.client_id AS "clientId", t.device_key AS "deviceKey", d.id AS "deviceUuid",
       d.device_id AS "deviceId", d.profile_id AS "profileId", d.state AS "deviceState",
       t.service_client_id AS "serviceClientId", t.will_topic AS topic, t.will_payload AS payload,
       t.will_forwarded AS forwarded, t.will_qos AS qos, t.will_retain AS retain,
       t.will_expiry_seconds AS "messageExpirySeconds", t.will_delay_seconds AS "delaySeconds"
     FROM taken t LEFT JOIN device d ON d.tenant_id = t.tenant_id AND d.key = t.device_key
     ORDER BY t.will_due_at, t.id`,
    [limit, leaseSeconds],
  );
  return rows;
}

/** The will was published: it is forgotten, and its session with it if that was over (ingest role). */
export async function settleWill(
  db: Database,
  will: { readonly sessionId: string; readonly generation: string },
): Promise<void> {
  await db.pool.query(
    `WITH ended AS (DELETE FROM mqtt_session WHERE id = $1 AND generation = $2 AND ended_at IS NOT NULL)
     UPDATE mqtt_session SET will_topic = NULL, will_payload = NULL, will_forwarded = NULL,
       will_due_at = NULL, will_lease_until = NULL
     WHERE id = $1 AND generation = $2 AND ended_at IS NULL AND will_due_at IS NOT NULL`,
    [will.sessionId, will.generation],
  );
}
