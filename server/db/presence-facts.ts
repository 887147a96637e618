import type pg from "pg";
import type { PresenceFacts, ServerPause } from "#server/domain/judge-presence.ts";

/** A device to judge; its presence row is locked. */
export type PresenceKey = { readonly tenantId: string; readonly deviceKey: string };

/** What is known of a device that is to be judged. */
export type JudgedDevice = PresenceKey & {
  readonly facts: PresenceFacts;
  /** Others connect through it. */
  readonly isGateway: boolean;
};

type Row = Omit<PresenceFacts, "before" | "now" | "pause" | "gateway"> &
  PresenceKey & {
    readonly presence: PresenceFacts["before"]["presence"];
    readonly since: number;
    readonly gatewayKey: string | null;
    readonly gatewayPresence: PresenceFacts["before"]["presence"] | null;
    readonly gatewaySince: number | null;
    readonly gatewayFoldedKey: string | null;
    readonly isGateway: boolean;
  };

const ms = (expression: string): string => `(extract(epoch FROM ${expression}) * 1000)::float8`;

/** When what a device can show ends; a profile may let a certificate be renewed for some days more. */
const credentialsEnd = `SELECT ${ms("max(c.ends)")} AS at FROM (
  SELECT CASE WHEN c.state IN ('issued', 'active', 'superseded') AND c.suspended_at IS NULL
      THEN c.not_after + CASE WHEN f.certificate_policy->>'expiredRenewal' = 'grace'
        THEN make_interval(days => coalesce((f.certificate_policy->>'graceDays')::int, 14)) ELSE '0' END
      ELSE least(coalesce(c.revoked_at, c.suspended_at, c.retire_at, c.not_after), c.not_after) END AS ends
    FROM certificate c WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id
  UNION ALL SELECT coalesce(k.revoked_at, 'infinity') FROM device_credential k
    WHERE k.tenant_id = d.tenant_id AND k.device_id = d.id
  UNION ALL SELECT t.expires_at FROM renewal_ticket t
    WHERE t.tenant_id = d.tenant_id AND t.device_id = d.id AND t.used_at IS NULL
      AND t.revoked_at IS NULL) c`;

const select = `SELECT p.tenant_id AS "tenantId", p.device_key::text AS "deviceKey", p.presence,
    ${ms("p.since")} AS since, d.state::text AS state, f.connectivity::text AS connectivity,
    f.expected_contact_seconds * 1000 AS "expectedMs", coalesce(s.connected, false) AS connected,
    s.last_message_at IS NOT NULL AS spoke,
    ${ms("coalesce(s.contact_at, greatest(s.last_message_at, s.connected_at))")} AS "contactAt",
    ${ms("s.connected_at")} AS "connectedAt", ${ms("s.disconnected_at")} AS "disconnectedAt",
    s.disconnect_reason AS "disconnectReason", ${ms("s.last_message_at")} AS "lastMessageAt",
    g.key::text AS "gatewayKey", gp.presence AS "gatewayPresence", ${ms("gp.since")} AS "gatewaySince",
    gp.folded_key::text AS "gatewayFoldedKey", credentials.at AS "credentialsEndAt",
    EXISTS (SELECT FROM device c WHERE c.tenant_id = d.tenant_id AND c.gateway_id = d.id) AS "isGateway"
  FROM unnest($1::uuid[], $2::bigint[]) AS n(tenant_id, device_key)
  JOIN device d ON d.key = n.device_key AND d.tenant_id = n.tenant_id
  JOIN device_presence p ON p.tenant_id = n.tenant_id AND p.device_key = n.device_key
  JOIN profile f ON f.tenant_id = d.tenant_id AND f.id = d.profile_id
  LEFT JOIN device_status s ON s.tenant_id = n.tenant_id AND s.device_key = n.device_key
  LEFT JOIN device g ON g.tenant_id = d.tenant_id AND g.id = d.gateway_id
  LEFT JOIN device_presence gp ON gp.tenant_id = g.tenant_id AND gp.device_key = g.key
  LEFT JOIN LATERAL (${credentialsEnd}) credentials
    ON d.state = 'active' AND d.gateway_id IS NULL AND NOT coalesce(s.connected, false)
  WHERE (d.gateway_id IS NULL) = $3`;

/**
 * Reads what presence is judged by (ingest role).
 * @param at.roots true: those of `keys` that connect by themselves; false: those behind a gateway
 * @param at.now epoch milliseconds by the clock of the database
 */
export async function readPresenceFacts(
  client: pg.PoolClient,
  keys: readonly PresenceKey[],
  at: { readonly roots: boolean; readonly now: number; readonly pause: ServerPause | null },
): Promise<readonly JudgedDevice[]> {
  const { rows } = await client.query<Row>(select, [
    keys.map(({ tenantId }) => tenantId),
    keys.map(({ deviceKey }) => deviceKey),
    at.roots,
  ]);
  return rows.map((row) => judgedDevice(row, at));
}

function judgedDevice(
  row: Row,
  { now, pause }: { readonly now: number; readonly pause: ServerPause | null },
): JudgedDevice {
  const { tenantId, deviceKey, isGateway, presence, since, ...rest } = row;
  const { gatewayKey, gatewayPresence, gatewaySince, gatewayFoldedKey, ...facts } = rest;
  const gateway =
    gatewayKey === null || gatewayPresence === null || gatewaySince === null
      ? null
      : {
          key: gatewayKey,
          presence: gatewayPresence,
          since: gatewaySince,
          foldedKey: gatewayFoldedKey,
        };
  return {
    tenantId,
    deviceKey,
    isGateway,
    facts: { ...facts, gateway, before: { presence, since }, now, pause },
  };
}
