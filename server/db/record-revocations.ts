import type { Tx } from "#server/db/client.ts";

/** A certificate that is held or revoked from now on, and its entry in the outbox. */
export type RecordedRevocation = {
  /** Of the entry. */
  readonly id: string;
  readonly certificateId: string;
  readonly sha256: string;
  readonly serial: string;
  readonly deviceUuid: string;
  readonly deviceKey: bigint;
  readonly deviceId: string;
  /** Whether a session was open on it, as last written. */
  readonly wasConnected: boolean;
};

/**
 * Holds or revokes certificates of the transaction's tenant and writes the outbox that workers, lists
 * and proofs follow, in one statement. Revoked ones stay as they are; only usable ones are held.
 * @returns those that changed
 */
export async function recordRevocations(
  tx: Tx,
  of: {
    readonly certificateIds: readonly string[];
    readonly kind: "revoked" | "suspended";
    readonly reason: string;
    readonly by: string;
    readonly at: Date;
  },
): Promise<readonly RecordedRevocation[]> {
  const { kind, reason, by, at } = of;
  const ids = [...of.certificateIds];
  // Locked in one order, so that two that hold or revoke the same do not wait for each other.
  return tx.$queryRaw<RecordedRevocation[]>`
    WITH wanted AS MATERIALIZED (
      SELECT c.tenant_id, c.id FROM certificate c
      WHERE c.tenant_id = app_tenant() AND c.id = ANY(${ids}::uuid[])
        AND CASE WHEN ${kind} = 'revoked' THEN c.state <> 'revoked'
              ELSE c.state IN ('issued', 'active', 'superseded') END
      ORDER BY c.id FOR UPDATE
    ), changed AS (
      UPDATE certificate c SET state = ${kind}::"CertificateState",
        revoked_at = CASE WHEN ${kind} = 'revoked' THEN ${at}::timestamptz END,
        revocation_reason = CASE WHEN ${kind} = 'revoked' THEN ${reason} END,
        suspended_at = CASE WHEN ${kind} = 'suspended' THEN ${at}::timestamptz ELSE c.suspended_at END
      FROM wanted w WHERE c.tenant_id = w.tenant_id AND c.id = w.id
      RETURNING c.tenant_id, c.id, c.sha256, c.serial, c.device_id, c.last_used_at, c.activated_at
    ), facts AS (
      SELECT c.*, d.key AS device_key, d.device_id AS device_name,
        s.connected IS TRUE AS was_connected,
        coalesce(s.connected_at, c.last_used_at) AS last_session_at,
        CASE WHEN s.last_message_at >= coalesce(c.activated_at, s.connected_at) THEN s.last_message_at END
          AS last_message_at
      FROM changed c
      JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
      LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
        AND s.certificate_sha256 = c.sha256
    ), entered AS (
      INSERT INTO certificate_revocation (tenant_id, certificate_id, sha256, device_key, kind, reason,
        at, by, was_connected, last_session_at, last_message_at)
      SELECT tenant_id, id, sha256, device_key, ${kind}, ${reason}, ${at}::timestamptz, ${by},
        was_connected, last_session_at, last_message_at
      FROM facts ORDER BY id
      RETURNING id, certificate_id)
    SELECT e.id::text, f.id::text AS "certificateId", f.sha256, f.serial,
      f.device_id::text AS "deviceUuid", f.device_key AS "deviceKey", f.device_name AS "deviceId",
      f.was_connected AS "wasConnected"
    FROM entered e JOIN facts f ON f.id = e.certificate_id
    ORDER BY f.device_name, f.id`;
}
