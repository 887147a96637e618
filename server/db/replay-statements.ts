import { mergeLatestSql } from "#server/db/merge-latest.ts";

/** Columns of a letter with the device that it is of today, as one JSON text. */
const letterJson = `json_build_object('id', l.id, 'deviceUuid', d.id, 'deviceKey', l.device_key::text,
    'deviceId', l.device_id, 'profileId', coalesce(d.profile_id, l.profile_id),
    'attributes', coalesce(d.attributes, '{}'), 'isQuarantined', coalesce(d.state = 'quarantined', false), 'receivedAt', l.received_at, 'eventAt', l.event_at,
    'transport', l.transport, 'topic', l.topic, 'channel', l.channel, 'qos', l.qos,
    'contentType', l.content_type, 'properties', l.properties, 'fingerprint', l.fingerprint,
    'direction', l.direction, 'payload', encode(l.payload, 'base64'))::text`;

/** Letters are read up to so many bytes of payload, and one more. */
const mostBytes = 8_388_608;

/** Parameters: tenant, group or ids, newest receipt, cursor's time and id, how many. */
const selectLetters = (of: string, locking: string) => `
    WITH next AS MATERIALIZED (
      SELECT id, event_at, octet_length(payload) AS bytes FROM public.dead_letter
      WHERE tenant_id = $1::uuid AND ${of} AND state = 'open' AND received_at <= $3::timestamptz
        AND (event_at, id) > ($4::timestamptz, $5::uuid)
      ORDER BY event_at, id LIMIT $6::integer ${locking}),
    cut AS (SELECT id, sum(bytes) OVER (ORDER BY event_at, id) - bytes AS before FROM next)
    SELECT ${letterJson}
    FROM cut JOIN public.dead_letter l ON l.tenant_id = $1::uuid AND l.id = cut.id
      LEFT JOIN public.device d ON d.tenant_id = l.tenant_id AND d.key = l.device_key
    WHERE cut.before < ${mostBytes} ORDER BY l.event_at, l.id`;

/** A group, or with the UUID of a device or a batch behind a dot its letters of those devices only. */
const ofGroup = `fingerprint = split_part($2, '.', 1) AND (strpos($2, '.') = 0 OR device_key IN (
          SELECT key FROM public.device WHERE tenant_id = $1::uuid
            AND nullif(split_part($2, '.', 2), '')::uuid IN (id, batch_id)))`;
const ofNamed = "id = ANY($2::uuid[])";

/** As `claimRecent` is given them: windowed rows of the batch. */
const windowed =
  "json_to_recordset($1::json) AS r(device_key bigint, message_key bigint, received_at timestamptz)";

/** The window in which a message without a usable time of its own is recognised, either way. */
const isNear = (column: string) =>
  `${column} BETWEEN r.received_at - interval '10 minutes' AND r.received_at + interval '10 minutes'`;

/**
 * The newest session of the device that subscribes to a letter's topic, and the QoS that it is owed.
 * A letter without one has nobody to take it.
 */
const receivers = `
    SELECT l.id, l.topic, l.payload, coalesce(l.properties ->> 'forwarded', '') AS forwarded, s.session, s.qos,
      row_number() OVER (PARTITION BY s.session IS NULL ORDER BY l.event_at, l.id) - 1 AS place
    FROM public.dead_letter l LEFT JOIN LATERAL (
      SELECT m.id AS session, least(l.qos, max(b.qos)) AS qos FROM public.mqtt_session m
        JOIN public.mqtt_subscription b ON b.session_id = m.id
      WHERE m.tenant_id = l.tenant_id AND m.device_key = l.device_key AND m.ended_at IS NULL
        AND public.mqtt_selects(string_to_array(b.filter, '/'), l.topic)
      GROUP BY m.id ORDER BY m.connected_at DESC LIMIT 1) AS s ON true
    WHERE l.tenant_id = $1::uuid AND l.id = ANY($2::uuid[])`;

/** Whoever holds the session is told, this worker as well: the routes of no worker know of it. */
const nobody = "00000000-0000-0000-0000-000000000000";

/**
 * The statements of a replay's transactions, besides those of a batch. Each takes text parameters and
 * answers one text a row.
 */
export const replayStatements = {
  /** Nothing when the run is somebody else's by now, or was cancelled. */
  lockRun: `
    SELECT id::text FROM public.dead_letter_run
    WHERE tenant_id = $1::uuid AND id = $2::uuid AND worker_id = $3::uuid AND state = 'running' FOR UPDATE`,
  lockGroupLetters: selectLetters(ofGroup, "FOR UPDATE"),
  lockNamedLetters: selectLetters(ofNamed, "FOR UPDATE"),
  readGroupLetters: selectLetters(ofGroup, ""),
  readNamedLetters: selectLetters(ofNamed, ""),
  /** Keeps the keys of what came a moment ago, for retransmissions to come. Waits for batches at work. */
  keepRecent: `
    INSERT INTO telemetry.recent_message AS m (device_key, message_key, received_at)
    SELECT device_key, message_key, received_at FROM ${windowed}
    WHERE received_at > now() - interval '20 minutes' ORDER BY device_key, message_key
    ON CONFLICT (device_key, message_key)
      DO UPDATE SET received_at = greatest(m.received_at, EXCLUDED.received_at)`,
  /**
   * Which windowed rows are not stored yet. The window of recent keys is of no use for old letters:
   * their keys left it long ago, or belong to a newer message.
   */
  findFresh: `
    SELECT r.device_key || ':' || r.message_key FROM ${windowed}
    WHERE NOT EXISTS (SELECT FROM telemetry.reading t WHERE t.device_key = r.device_key
        AND t.message_key = r.message_key AND ${isNear("t.ts")})
      AND NOT EXISTS (SELECT FROM telemetry.device_message t WHERE t.device_key = r.device_key
        AND t.message_key = r.message_key AND ${isNear("t.received_at")})`,
  /** Which readings exist already, by their ordinal; for a dry-run. */
  findStored: `
    SELECT ordinal::text
    FROM json_to_recordset($1::json) AS r(ordinal integer, device_key bigint, ts bigint, message_key bigint)
    WHERE EXISTS (SELECT FROM telemetry.reading t WHERE t.device_key = r.device_key
      AND t.ts = timestamptz 'epoch' + r.ts * interval '1 microsecond' AND t.message_key = r.message_key)`,
  /** Parameters: tenant, run, who, letters. */
  settleLetters: `
    UPDATE public.dead_letter l SET state = 'replayed', settled_at = now(), settled_by = $3,
      settled_reason = r.why, run_id = $2::uuid, stored_key = r.key,
      stored_ts = timestamptz 'epoch' + r.ts * interval '1 microsecond'
    FROM json_to_recordset($4::json) AS r(id uuid, ts bigint, key bigint, why text)
    WHERE l.tenant_id = $1::uuid AND l.id = r.id`,
  /** Locks what the transaction will change, in the order in which batches do. */
  lockGroups: `
    SELECT '' FROM public.dead_letter_group
    WHERE tenant_id = $1::uuid AND fingerprint = ANY($2::text[]) ORDER BY fingerprint FOR UPDATE`,
  /** Letters that fail for another cause by now: letters, their new groups and the hours of both. */
  moveLetters: `
    WITH moved AS MATERIALIZED (
      SELECT r.*, l.tenant_id, l.received_at, l.fingerprint AS old FROM json_to_recordset($2::json)
        AS r(id uuid, profile_id uuid, reason text, detail text, fingerprint text, schema_id integer,
          path text, error_kind text, category text)
      JOIN public.dead_letter l ON l.tenant_id = $1::uuid AND l.id = r.id),
    groups AS (
      INSERT INTO public.dead_letter_group AS g (tenant_id, fingerprint, profile_id, schema_id, reason,
        path, error_kind, detail, first_at, last_at, open)
      SELECT tenant_id, fingerprint, min(profile_id::text)::uuid, max(schema_id), min(reason), min(path),
        min(error_kind), (array_agg(detail ORDER BY received_at DESC))[1], min(received_at),
        max(received_at), count(*)
      FROM moved GROUP BY tenant_id, fingerprint ORDER BY tenant_id, fingerprint
      ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET open = g.open + EXCLUDED.open,
        first_at = least(g.first_at, EXCLUDED.first_at), last_at = greatest(g.last_at, EXCLUDED.last_at)),
    hours AS (
      INSERT INTO public.dead_letter_hour AS h (tenant_id, fingerprint, hour, count)
      SELECT tenant_id, fingerprint, hour, sum(n) FROM (
        SELECT tenant_id, fingerprint, date_trunc('hour', received_at, 'UTC') AS hour, 1 AS n FROM moved
        UNION ALL SELECT tenant_id, old, date_trunc('hour', received_at, 'UTC'), -1 FROM moved) AS each
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (tenant_id, fingerprint, hour) DO UPDATE SET count = greatest(0, h.count + EXCLUDED.count))
    UPDATE public.dead_letter l SET profile_id = m.profile_id, reason = m.reason, detail = m.detail,
      fingerprint = m.fingerprint, schema_id = m.schema_id, path = m.path, error_kind = m.error_kind,
      category = m.category
    FROM moved m WHERE l.tenant_id = m.tenant_id AND l.id = m.id`,
  /** Changes of counts by group. */
  changeGroups: `
    UPDATE public.dead_letter_group g SET open = g.open + r.open, replayed = g.replayed + r.replayed,
      discarded = g.discarded + r.discarded
    FROM json_to_recordset($2::json) AS r(fingerprint text, open bigint, replayed bigint, discarded bigint)
    WHERE g.tenant_id = $1::uuid AND g.fingerprint = r.fingerprint`,
  mergeLatest: mergeLatestSql,
  /** Parameters: tenant, run, cursor's time and id, what was counted, failures, samples, lease. */
  progressRun: `
    UPDATE public.dead_letter_run SET cursor_at = $3::timestamptz, cursor_id = $4::uuid,
      done = done + (c.n ->> 'done')::bigint, stored = stored + (c.n ->> 'stored')::bigint,
      duplicate = duplicate + (c.n ->> 'duplicate')::bigint, failed = failed + (c.n ->> 'failed')::bigint,
      failures = $6::jsonb, samples = $7::jsonb, lease_until = now() + make_interval(secs => $8::integer)
    FROM (SELECT $5::jsonb AS n) AS c WHERE tenant_id = $1::uuid AND id = $2::uuid`,
  /** Which outbound letters have somebody to take them. Parameters: tenant, ids. */
  findReceivers: `SELECT id::text FROM (${receivers}) AS r WHERE session IS NOT NULL`,
  /**
   * Queues outbound letters anew. Parameters: tenant, ids, payload in place of their own or nothing.
   * Answers each that has somebody to take it: its id, and whether the queue had room.
   */
  enqueueLetters: `
    WITH letter AS MATERIALIZED (SELECT * FROM (${receivers}) AS r WHERE session IS NOT NULL),
    queued AS MATERIALIZED (
      SELECT e.ordinal, e.seq FROM public.mqtt_enqueue('${nobody}',
        (SELECT json_agg(json_build_object('tenant', $1::uuid, 'topic', topic, 'forwarded', forwarded,
            'payload', coalesce(nullif($3, ''), encode(payload, 'base64')),
            'received_at', extract(epoch FROM now()) * 1000, 'expires_at', NULL) ORDER BY place) FROM letter),
        (SELECT json_agg(json_build_object('session', session, 'publication', place, 'qos', qos, 'retain', false,
            'identifiers', '{}'::integer[]) ORDER BY place) FROM letter)) AS e)
    SELECT l.id::text || CASE WHEN q.seq IS NULL THEN ' full' ELSE '' END
    FROM letter l LEFT JOIN queued q ON q.ordinal = l.place`,
  discardGroup: discard(ofGroup),
  discardNamed: discard(ofNamed),
} as const;

/**
 * Discards the next letters. Parameters as of a selection, then run, who and why.
 * Answers each group with how many, and the place of the last.
 */
function discard(of: string): string {
  return `
    WITH next AS MATERIALIZED (
      SELECT id, event_at, fingerprint FROM public.dead_letter
      WHERE tenant_id = $1::uuid AND ${of} AND state = 'open' AND received_at <= $3::timestamptz
        AND (event_at, id) > ($4::timestamptz, $5::uuid)
      ORDER BY event_at, id LIMIT $6::integer FOR UPDATE),
    discarded AS (
      UPDATE public.dead_letter l SET state = 'discarded', settled_at = now(), run_id = $7::uuid,
        settled_by = $8, settled_reason = $9
      FROM next WHERE l.tenant_id = $1::uuid AND l.id = next.id RETURNING next.*)
    SELECT json_build_object('fingerprint', fingerprint, 'count', count(*),
      'last', (array_agg(json_build_array(event_at, id) ORDER BY event_at DESC, id DESC))[1])::text
    FROM discarded GROUP BY fingerprint`;
}
