import type { Database } from "#server/db/client.ts";

export type RetainedRow = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly forwarded: Buffer;
  readonly qos: 0 | 1 | 2;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly expiresAt: number | null;
};

const columns = `topic, payload, forwarded, qos,
  (extract(epoch FROM received_at) * 1000)::double precision AS "receivedAt",
  (extract(epoch FROM expires_at) * 1000)::double precision AS "expiresAt"`;

/** Beginning of a topic that is indexed, characters. */
const indexedLength = 200;

/**
 * Retained messages that a topic filter selects and that have not expired, in the order of their
 * topics: at most `limit`, and at most `mostBytes` of payload (ingest role). Batches that are being
 * committed and may not know who asks are waited for.
 * @param filter without `$share/{name}/`
 */
export async function findRetained(
  db: Database,
  wanted: {
    readonly tenantId: string;
    readonly filter: string;
    readonly limit: number;
    readonly mostBytes: number;
  },
): Promise<readonly RetainedRow[]> {
  const { tenantId, filter, limit, mostBytes } = wanted;
  // By itself: what is waited for is visible to the next statement.
  await db.pool.query("SELECT mqtt_await_retained($1)", [tenantId]);
  if (!/[+#]/.test(filter)) {
    const { rows } = await db.pool.query<RetainedRow>(
      `SELECT ${columns} FROM retained_message
       WHERE tenant_id = $1 AND topic_hash = sha256(convert_to($2, 'UTF8'))
         AND coalesce(expires_at > now(), true)`,
      [tenantId, filter],
    );
    return rows;
  }
  const beginning = filter.slice(0, filter.search(/\/?[+#]/));
  const { rows } = await db.pool.query<RetainedRow>(
    `SELECT * FROM (
       SELECT ${columns}, sum(octet_length(payload)) OVER (ORDER BY left(topic, ${indexedLength}) COLLATE "C", topic_hash) AS bytes
       FROM retained_message
       WHERE tenant_id = $1
         AND left(topic, ${indexedLength}) COLLATE "C" >= left($3, ${indexedLength})
         AND left(topic, ${indexedLength}) COLLATE "C" < left($3, ${indexedLength}) || chr(1114111) || chr(1114111)
         AND mqtt_selects(string_to_array($2, '/'), topic)
         AND coalesce(expires_at > now(), true)
       ORDER BY left(topic, ${indexedLength}) COLLATE "C", topic_hash LIMIT $4) r
     WHERE bytes <= $5 OR bytes = octet_length(payload)`,
    [tenantId, filter, beginning, limit, mostBytes],
  );
  return rows.map(({ topic, payload, forwarded, qos, receivedAt, expiresAt }) => ({
    topic,
    payload,
    forwarded,
    qos,
    receivedAt,
    expiresAt,
  }));
}
