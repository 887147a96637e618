import type { Tx } from "#server/db/client.ts";

/** A letter that is imported; instants are ISO 8601, the payload is base64. */
export type ImportedLetter = {
  readonly id: string;
  readonly direction: string;
  readonly state: string;
  readonly device_key: string;
  readonly device_id: string;
  readonly profile_id: string;
  readonly received_at: string;
  readonly event_at: string;
  readonly topic: string;
  readonly channel: string;
  readonly qos: number;
  readonly message_id: string | null;
  readonly content_type: string | null;
  readonly properties: object;
  readonly firmware: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly path: string;
  readonly error_kind: string;
  readonly category: string;
  readonly schema_id: number | null;
  readonly fingerprint: string;
  readonly payload: string;
};

/**
 * Puts letters among those of the transaction's tenant, with the counts of their groups; those that
 * are there already stay as they are.
 * @returns how many are new
 */
export async function importLetters(
  tx: Tx,
  tenantId: string,
  letters: readonly ImportedLetter[],
): Promise<number> {
  const rows = await tx.$queryRaw<{ count: number }[]>`
    WITH letters AS MATERIALIZED (
      INSERT INTO dead_letter (tenant_id, id, direction, state, device_key, device_id, profile_id, received_at,
        event_at, transport, topic, channel, qos, message_id, content_type, properties, firmware, reason, detail,
        path, error_kind, category, schema_id, fingerprint, payload)
      SELECT ${tenantId}::uuid, id, direction::"DeadLetterDirection", state::"DeadLetterState", device_key, device_id,
        profile_id, received_at, event_at, 'import', topic, channel, qos, message_id, content_type, properties,
        firmware, reason, detail, path, error_kind, category, schema_id, fingerprint, decode(payload, 'base64')
      FROM json_to_recordset(${JSON.stringify(letters)}::json) AS r(id uuid, direction text, state text,
        device_key bigint, device_id text, profile_id uuid, received_at timestamptz, event_at timestamptz,
        topic text, channel text, qos integer, message_id text, content_type text, properties jsonb,
        firmware text, reason text, detail text, path text, error_kind text, category text, schema_id integer,
        fingerprint text, payload text)
      ORDER BY id
      ON CONFLICT (tenant_id, id) DO NOTHING
      RETURNING fingerprint, direction, profile_id, schema_id, reason, path, error_kind, detail, received_at, state),
    groups AS (
      INSERT INTO dead_letter_group AS g (tenant_id, fingerprint, direction, profile_id, schema_id, reason, path,
        error_kind, detail, first_at, last_at, open, discarded)
      SELECT ${tenantId}::uuid, fingerprint, min(direction), min(profile_id::text)::uuid, max(schema_id), min(reason),
        min(path), min(error_kind), (array_agg(detail ORDER BY received_at DESC))[1], min(received_at),
        max(received_at), count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'discarded')
      FROM letters GROUP BY fingerprint ORDER BY fingerprint
      ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET open = g.open + EXCLUDED.open,
        discarded = g.discarded + EXCLUDED.discarded,
        first_at = least(g.first_at, EXCLUDED.first_at), last_at = greatest(g.last_at, EXCLUDED.last_at)),
    hours AS (
      INSERT INTO dead_letter_hour AS h (tenant_id, fingerprint, hour, count)
      SELECT ${tenantId}::uuid, fingerprint, date_trunc('hour', received_at, 'UTC'), count(*)
      FROM letters GROUP BY 2, 3 ORDER BY 2, 3
      ON CONFLICT (tenant_id, fingerprint, hour) DO UPDATE SET count = h.count + EXCLUDED.count)
    SELECT count(*)::integer AS count FROM letters`;
  return rows[0]?.count ?? 0;
}
