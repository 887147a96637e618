const columns =
  'device_key, ts, message_key, received_at, schema_id, flags, "values", extra' as const;

/**
 * The statements of a batch's transaction. Each takes text parameters; lists travel as one JSON
 * document. Order within a statement is by key, so that two workers cannot wait for each other.
 */
export const batchStatements = {
  begin: "BEGIN",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  /** Returns the transaction's id and the fence; fails with QS003 when it is not the one that is known. */
  claim: "SELECT telemetry.claim_batch($1::uuid, $2::bigint, nullif($3, '')::bigint)",
  /** Marks minutes whose rollups will lack readings of this batch, until its worker has added them. */
  openMinutes: `
    INSERT INTO telemetry.rollup_open (minute, worker_id, sequence)
    SELECT to_timestamp(value::bigint / 1000), $1::uuid, $2::bigint FROM json_array_elements_text($3::json)`,
  /** Makes new subscribers of the tenants wait for this batch. */
  shareRetained: "SELECT mqtt_share_retained($1::json)",
  /** Fails with QS002 when other workers changed routes that this one does not know. */
  compareRoutes: "SELECT mqtt_begin_batch($1::uuid, $2::bigint)",
  /** Returns what nobody claimed before, and what came by a connection that lost its session. */
  claimInbound:
    "SELECT concat_ws(':', session, generation, packet, CASE WHEN superseded THEN 'superseded' END) FROM mqtt_claim_inbound($1::json)",
  /** Returns the keys that were not seen within ten minutes. */
  claimRecent: `
    INSERT INTO telemetry.recent_message AS m (device_key, message_key, received_at)
    SELECT device_key, message_key, received_at
    FROM json_to_recordset($1::json) AS r(device_key bigint, message_key bigint, received_at timestamptz)
    ORDER BY device_key, message_key
    ON CONFLICT (device_key, message_key) DO UPDATE SET received_at = EXCLUDED.received_at
      WHERE m.received_at < EXCLUDED.received_at - interval '10 minutes'
    RETURNING device_key || ':' || message_key`,
  copyReadings: `COPY telemetry.reading (${columns}) FROM STDIN (FORMAT binary)`,
  copyStaging: `COPY pg_temp.reading_staging (ordinal, ${columns}) FROM STDIN (FORMAT binary)`,
  /** Returns the ordinals of the rows that were not stored before; the first of equal rows wins. */
  storeStaged: `
    WITH stored AS (
      INSERT INTO telemetry.reading (${columns})
      SELECT ${columns} FROM pg_temp.reading_staging ORDER BY ordinal
      ON CONFLICT DO NOTHING
      RETURNING device_key, ts, message_key)
    SELECT min(ordinal) FROM pg_temp.reading_staging JOIN stored USING (device_key, ts, message_key)
    GROUP BY device_key, ts, message_key`,
  /** Letters, and what is counted of their causes; groups in order of their keys, as the ledger. */
  keepDeadLetters: `
    WITH letters AS MATERIALIZED (
      SELECT r.*, s.firmware
      FROM json_to_recordset($1::json) AS r(tenant_id uuid, device_key bigint, device_id text,
        profile_id uuid, received_at timestamptz, transport text, topic text, qos integer,
        message_id text, reason text, detail text, payload text, fingerprint text, schema_id integer,
        path text, error_kind text, category text, channel text, content_type text, properties jsonb,
        event_at timestamptz)
      LEFT JOIN public.device_status s ON s.tenant_id = r.tenant_id AND s.device_key = r.device_key),
    groups AS (
      INSERT INTO public.dead_letter_group AS g (tenant_id, fingerprint, profile_id, schema_id, reason,
        path, error_kind, detail, first_at, last_at, open)
      SELECT tenant_id, fingerprint, min(profile_id::text)::uuid, max(schema_id), min(reason), min(path),
        min(error_kind), (array_agg(detail ORDER BY received_at DESC))[1], min(received_at),
        max(received_at), count(*)
      FROM letters GROUP BY tenant_id, fingerprint ORDER BY tenant_id, fingerprint
      ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET open = g.open + EXCLUDED.open,
        schema_id = coalesce(EXCLUDED.schema_id, g.schema_id), detail = EXCLUDED.detail,
        first_at = least(g.first_at, EXCLUDED.first_at), last_at = greatest(g.last_at, EXCLUDED.last_at)),
    hours AS (
      INSERT INTO public.dead_letter_hour AS h (tenant_id, fingerprint, hour, count)
      SELECT tenant_id, fingerprint, date_trunc('hour', received_at, 'UTC'), count(*)
      FROM letters GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (tenant_id, fingerprint, hour) DO UPDATE SET count = h.count + EXCLUDED.count)
    INSERT INTO public.dead_letter (tenant_id, device_key, device_id, profile_id, received_at, transport,
      topic, qos, message_id, reason, detail, payload, fingerprint, schema_id, path, error_kind, category,
      channel, content_type, properties, event_at, firmware)
    SELECT tenant_id, device_key, device_id, profile_id, received_at, transport, topic, qos, message_id,
      reason, detail, decode(payload, 'base64'), fingerprint, schema_id, path, error_kind, category,
      channel, content_type, properties, event_at, firmware
    FROM letters`,
  keepDocuments: `
    INSERT INTO telemetry.device_message (device_key, received_at, ts, message_key, channel, content_type, payload)
    SELECT device_key, received_at, ts, message_key, channel, content_type, decode(payload, 'base64')
    FROM json_to_recordset($1::json) AS r(device_key bigint, received_at timestamptz, ts timestamptz,
      message_key bigint, channel text, content_type text, payload text)
    ON CONFLICT DO NOTHING`,
  /** Returns the place in its queue for each target, in their order; empty where there is none. */
  enqueue:
    "SELECT coalesce(seq::text, '') FROM mqtt_enqueue($1::uuid, $2::json, $3::json) ORDER BY ordinal",
  /** Returns the ordinals of those whose publisher retains too many topics. */
  retain: "SELECT mqtt_retain($1::json)",
  countLedger: `
    INSERT INTO public.ledger_minute AS l (tenant_id, minute, transport, profile_id, outcome, reason, count)
    SELECT tenant_id, minute, transport, profile_id, outcome::public."LedgerOutcome", reason, count
    FROM json_to_recordset($1::json) AS r(tenant_id uuid, minute timestamptz, transport text,
      profile_id uuid, outcome text, reason text, count bigint)
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (tenant_id, minute, transport, profile_id, outcome, reason)
      DO UPDATE SET count = l.count + EXCLUDED.count`,
} as const;

export type BatchStatement = keyof typeof batchStatements;

/** What the statements need of a connection before they can be prepared on it. */
export const batchSession = [
  "SET synchronous_commit = on",
  "SET statement_timeout = '30s'",
  "SET idle_in_transaction_session_timeout = '30s'",
  `CREATE TEMPORARY TABLE reading_staging (ordinal integer, device_key bigint, ts timestamptz,
     message_key bigint, received_at timestamptz, schema_id integer, flags smallint,
     "values" double precision[], extra jsonb) ON COMMIT DELETE ROWS`,
].join(";\n");
