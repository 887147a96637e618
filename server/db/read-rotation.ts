import type { Tx } from "#server/db/client.ts";

/** What is known of a device's rotation; {@link RotationFacts} of the domain are made of it. */
export type RotationRow = {
  readonly deviceId: string;
  readonly expectedContactSeconds: number;
  readonly certificatePolicy: unknown;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly renewalDueAt: Date | null;
  readonly nextIssuedAt: Date | null;
  readonly nextWaits: boolean;
  readonly asked: { readonly askedAt: string; readonly sessions: number } | null;
  readonly subscribes: boolean;
  readonly connected: boolean;
  readonly lastSeenAt: Date | null;
  readonly refusal: {
    readonly at: string;
    readonly detail: string;
    readonly remedy: string;
  } | null;
  readonly notYetValidAt: Date | null;
  readonly timesNotBelieved: boolean;
};

/**
 * Reads it for devices of the transaction's tenant (application role); those without a certificate
 * that has not been revoked, held or retired are left out.
 * @param at.action of the audit events that asking leaves
 * @param at.newsSince older refusals and times are no news
 */
export async function readRotations(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly deviceUuids: readonly string[];
    readonly action: string;
    readonly newsSince: Date;
  },
): Promise<readonly RotationRow[]> {
  return tx.$queryRaw<RotationRow[]>`
    SELECT d.device_id AS "deviceId", p.expected_contact_seconds AS "expectedContactSeconds",
      p.certificate_policy AS "certificatePolicy", c.not_before AS "notBefore", c.not_after AS "notAfter",
      c.renewal_due_at AS "renewalDueAt", n.issued_at AS "nextIssuedAt", coalesce(n.state = 'issued', false) AS "nextWaits",
      (SELECT json_build_object('askedAt', a.payload ->> 'askedAt', 'sessions', coalesce((a.payload ->> 'sessions')::integer, 0))
       FROM audit_event a WHERE a.tenant_id = d.tenant_id AND a.target = 'device:' || d.device_id
         AND a.action_code = ${at.action} AND a.outcome = 'done'
         AND (a.payload ->> 'askedAt')::timestamptz >= c.issued_at
       ORDER BY a.seq DESC LIMIT 1) AS asked,
      EXISTS (SELECT FROM mqtt_session m JOIN mqtt_subscription u ON u.session_id = m.id
        WHERE m.tenant_id = d.tenant_id AND m.device_key = d.key AND m.ended_at IS NULL
          AND mqtt_selects(string_to_array(u.filter, '/'), 'qs/v1/d/' || d.device_id || '/dn/certificate/renew')) AS subscribes,
      coalesce(s.connected, false) AS connected,
      greatest(s.connected_at, s.disconnected_at, s.last_message_at) AS "lastSeenAt",
      (SELECT json_build_object('at', r.last_at, 'detail', r.detail, 'remedy', r.remedy) FROM refused_connection r
       WHERE r.tenant_id = d.tenant_id AND r.device_key = d.key AND r.reason = 'renewal-refused'
         AND r.last_at >= greatest(${at.newsSince}::timestamptz, c.issued_at)
       ORDER BY r.last_at DESC LIMIT 1) AS refusal,
      (SELECT max(r.last_at) FROM refused_connection r
       WHERE r.tenant_id = d.tenant_id AND r.device_key = d.key AND r.reason = 'not-yet-valid'
         AND r.last_at >= ${at.newsSince}::timestamptz) AS "notYetValidAt",
      coalesce((SELECT newest.flags & 1 = 1 FROM telemetry.newest_readings(d.key, 1) newest), false) AS "timesNotBelieved"
    FROM device d
    JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
    JOIN LATERAL (SELECT * FROM certificate k WHERE k.tenant_id = d.tenant_id AND k.device_id = d.id
        AND k.state IN ('issued', 'active', 'superseded')
      ORDER BY k.state <> 'active', k.issued_at DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT k.issued_at, k.state FROM certificate k WHERE k.tenant_id = d.tenant_id AND k.device_id = d.id
        AND k.id <> c.id AND k.issued_at >= c.issued_at AND k.activated_at IS NULL AND k.state IN ('issued', 'retired')
      ORDER BY k.issued_at DESC LIMIT 1) n ON true
    LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.id = ANY (${[...at.deviceUuids]}::uuid[])
    ORDER BY d.device_id`;
}
