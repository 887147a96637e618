import type { Tx } from "#server/db/client.ts";
import type { KeptMessageRow, KeptMessages } from "#server/db/kept-message.ts";

/** The newest open dead letters of telemetry, with their devices. */
export async function readOpenLetters(
  tx: Tx,
  at: KeptMessages,
): Promise<readonly KeptMessageRow[]> {
  return tx.$queryRaw<KeptMessageRow[]>`
    SELECT n.profile_id AS "profileId", n.device_key AS "deviceKey", n.device_id AS "deviceId",
      n.channel, coalesce(n.content_type, '') AS "contentType", n.received_at AS "receivedAt",
      n.firmware, n.payload, n.properties, coalesce(d.attributes, '{}') AS attributes
    FROM (
      SELECT l.*, sum(octet_length(l.payload)) OVER (ORDER BY l.received_at DESC, l.id DESC) AS bytes
      FROM (SELECT * FROM dead_letter
        WHERE tenant_id = ${at.tenantId}::uuid AND profile_id = ANY(${at.profileIds}::uuid[])
          AND received_at >= ${at.since} AND state = 'open' AND direction = 'inbound'
          AND (channel = 'telemetry' OR channel LIKE 'telemetry/%')
        ORDER BY received_at DESC, id DESC LIMIT ${at.most}) AS l
    ) AS n
    LEFT JOIN device d ON d.tenant_id = n.tenant_id AND d.key = n.device_key
    WHERE n.bytes <= ${at.mostBytes} ORDER BY n.received_at DESC, n.id DESC`;
}
