import type { Tx } from "#server/db/client.ts";
import type { KeptMessageRow, KeptMessages } from "#server/db/kept-message.ts";

/** The newest payloads that were kept of messages that were stored, with their devices. */
export async function readSamples(tx: Tx, at: KeptMessages): Promise<readonly KeptMessageRow[]> {
  return tx.$queryRaw<KeptMessageRow[]>`
    SELECT n.profile_id AS "profileId", n.device_key AS "deviceKey", n.device_id AS "deviceId",
      CASE WHEN n.stream = '' THEN 'telemetry' ELSE 'telemetry/' || n.stream END AS channel,
      n.content_type AS "contentType", n.received_at AS "receivedAt", n.firmware, n.payload,
      '{}'::jsonb AS properties, coalesce(d.attributes, '{}') AS attributes
    FROM (
      SELECT s.*, sum(octet_length(s.payload)) OVER (ORDER BY s.received_at DESC, s.id DESC) AS bytes
      FROM (SELECT * FROM message_sample
        WHERE tenant_id = ${at.tenantId}::uuid AND profile_id = ANY(${at.profileIds}::uuid[])
          AND received_at >= ${at.since}
        ORDER BY received_at DESC, id DESC LIMIT ${at.most}) AS s
    ) AS n
    LEFT JOIN device d ON d.tenant_id = n.tenant_id AND d.key = n.device_key
    WHERE n.bytes <= ${at.mostBytes} ORDER BY n.received_at DESC, n.id DESC`;
}
