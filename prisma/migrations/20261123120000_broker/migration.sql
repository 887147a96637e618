-- CreateTable
CREATE TABLE "mqtt_session" (
    "tenant_id" UUID NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "session_key" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "device_key" BIGINT,
    "service_client_id" UUID,
    "client_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" BIGINT NOT NULL,
    "worker_id" UUID,
    "remote" TEXT NOT NULL DEFAULT '',
    "connected_at" TIMESTAMPTZ(3) NOT NULL,
    "disconnected_at" TIMESTAMPTZ(3),
    "expiry_seconds" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "will_topic" TEXT,
    "will_payload" BYTEA,
    "will_qos" SMALLINT NOT NULL DEFAULT 0,
    "will_retain" BOOLEAN NOT NULL DEFAULT false,
    "will_forwarded" BYTEA,
    "will_expiry_seconds" BIGINT,
    "will_delay_seconds" BIGINT NOT NULL DEFAULT 0,
    "will_due_at" TIMESTAMPTZ(3),
    "will_lease_until" TIMESTAMPTZ(3),
    "next_seq" BIGINT NOT NULL DEFAULT 1,
    "sent_before" BIGINT NOT NULL DEFAULT 1,
    "queued_count" INTEGER NOT NULL DEFAULT 0,
    "queued_bytes" BIGINT NOT NULL DEFAULT 0,
    "dropped_count" BIGINT NOT NULL DEFAULT 0,
    "max_queued_count" INTEGER NOT NULL DEFAULT 1000,
    "max_queued_bytes" BIGINT NOT NULL DEFAULT 16777216,
    "changed_by" UUID,
    "changed_version" BIGINT,

    CONSTRAINT "mqtt_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mqtt_subscription" (
    "tenant_id" UUID NOT NULL,
    "session_id" BIGINT NOT NULL,
    "filter_hash" BYTEA NOT NULL,
    "filter" TEXT NOT NULL,
    "qos" SMALLINT NOT NULL,
    "no_local" BOOLEAN NOT NULL,
    "retain_as_published" BOOLEAN NOT NULL,
    "retain_handling" SMALLINT NOT NULL,
    "identifier" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mqtt_subscription_pkey" PRIMARY KEY ("session_id","filter_hash")
);

-- CreateTable
CREATE TABLE "mqtt_queued_message" (
    "tenant_id" UUID NOT NULL,
    "session_id" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "topic" TEXT NOT NULL,
    "payload" BYTEA NOT NULL,
    "forwarded" BYTEA NOT NULL,
    "qos" SMALLINT NOT NULL,
    "retain" BOOLEAN NOT NULL,
    "identifiers" INTEGER[],
    "released" BOOLEAN NOT NULL DEFAULT false,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "mqtt_queued_message_pkey" PRIMARY KEY ("session_id","seq")
);

-- CreateTable
CREATE TABLE "mqtt_inbound_id" (
    "tenant_id" UUID NOT NULL,
    "session_id" BIGINT NOT NULL,
    "packet_id" INTEGER NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mqtt_inbound_id_pkey" PRIMARY KEY ("session_id","packet_id")
);

-- CreateTable
CREATE TABLE "retained_message" (
    "tenant_id" UUID NOT NULL,
    "topic_hash" BYTEA NOT NULL,
    "topic" TEXT NOT NULL,
    "payload" BYTEA NOT NULL,
    "forwarded" BYTEA NOT NULL,
    "qos" SMALLINT NOT NULL,
    "publisher" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "retained_message_pkey" PRIMARY KEY ("tenant_id","topic_hash")
);

-- CreateTable
CREATE TABLE "mqtt_session_gone" (
    "tenant_id" UUID NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "session_key" TEXT NOT NULL,
    "changed_by" UUID NOT NULL,
    "changed_version" BIGINT NOT NULL,
    "gone_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mqtt_session_gone_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mqtt_route_version" (
    "worker_id" UUID NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "mqtt_route_version_pkey" PRIMARY KEY ("worker_id")
);

-- CreateTable
CREATE TABLE "mqtt_store_batch" (
    "worker_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "results" JSONB NOT NULL,
    "route_version" BIGINT,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mqtt_store_batch_pkey" PRIMARY KEY ("worker_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "mqtt_session_session_key_key" ON "mqtt_session"("session_key");

-- CreateIndex
CREATE INDEX "mqtt_session_tenant_id_device_key_idx" ON "mqtt_session"("tenant_id", "device_key");

-- CreateIndex
CREATE INDEX "mqtt_session_changed_by_changed_version_idx" ON "mqtt_session"("changed_by", "changed_version");

-- CreateIndex
CREATE UNIQUE INDEX "mqtt_session_tenant_id_id_key" ON "mqtt_session"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "retained_message_tenant_id_publisher_idx" ON "retained_message"("tenant_id", "publisher");

-- CreateIndex
CREATE INDEX "mqtt_session_gone_changed_by_changed_version_idx" ON "mqtt_session_gone"("changed_by", "changed_version");

-- CreateIndex
CREATE INDEX "mqtt_session_gone_gone_at_idx" ON "mqtt_session_gone"("gone_at");

-- AddForeignKey
ALTER TABLE "mqtt_session" ADD CONSTRAINT "mqtt_session_tenant_id_device_key_fkey" FOREIGN KEY ("tenant_id", "device_key") REFERENCES "device"("tenant_id", "key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mqtt_subscription" ADD CONSTRAINT "mqtt_subscription_tenant_id_session_id_fkey" FOREIGN KEY ("tenant_id", "session_id") REFERENCES "mqtt_session"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mqtt_queued_message" ADD CONSTRAINT "mqtt_queued_message_tenant_id_session_id_fkey" FOREIGN KEY ("tenant_id", "session_id") REFERENCES "mqtt_session"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mqtt_inbound_id" ADD CONSTRAINT "mqtt_inbound_id_tenant_id_session_id_fkey" FOREIGN KEY ("tenant_id", "session_id") REFERENCES "mqtt_session"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma does not describe: storage, partial indexes, row-level security, and the functions through
-- which workers write. Names: "worker" is the worker that asks; its session writer is one connection.

-- Rows that every batch touches stay on their page.
ALTER TABLE mqtt_session SET (fillfactor = 60);
ALTER TABLE mqtt_route_version SET (fillfactor = 20);
ALTER TABLE mqtt_store_batch SET (fillfactor = 20);
ALTER TABLE retained_message SET (fillfactor = 80);
ALTER TABLE mqtt_queued_message ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE INDEX mqtt_session_held ON mqtt_session (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX mqtt_session_expires ON mqtt_session (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX mqtt_session_will_due ON mqtt_session (will_due_at) WHERE will_due_at IS NOT NULL;
CREATE INDEX mqtt_queued_message_expires ON mqtt_queued_message (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX retained_message_expires ON retained_message (expires_at) WHERE expires_at IS NOT NULL;
-- For filters that begin with literal levels; only the beginning, since a topic may be 65 535 bytes long.
CREATE INDEX retained_message_beginning ON retained_message (tenant_id, (left(topic, 200) COLLATE "C"));

-- Generations order all connections of the installation, versions all changes of routes.
CREATE SEQUENCE mqtt_generation;
CREATE SEQUENCE mqtt_version;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['mqtt_session', 'mqtt_subscription', 'mqtt_queued_message', 'mqtt_inbound_id',
    'retained_message', 'mqtt_session_gone']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
    EXECUTE format('CREATE POLICY ingest ON %I TO quayside_ingest USING (true) WITH CHECK (true)', name);
    -- For mqtt_end_session, which runs as the owner.
    EXECUTE format('CREATE POLICY owner_session ON %I TO CURRENT_USER USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', name);
    EXECUTE format('GRANT SELECT ON %I TO quayside_app', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO quayside_ingest', name);
  END LOOP;
END $$;
GRANT DELETE ON retained_message TO quayside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON mqtt_route_version, mqtt_store_batch TO quayside_ingest;
GRANT USAGE ON SEQUENCE mqtt_session_id_seq, mqtt_session_gone_id_seq, mqtt_generation, mqtt_version TO quayside_ingest;

-- ---------------------------------------------------------------------------------------------------------
-- Called by the transaction of an ingest batch.

-- SELECT mqtt_begin_batch($1::uuid, $2::bigint)
--   Raises QS002 when other workers changed routes since "foreign_version" was read: then the batch catches up
--   and is tried again, so that what a SUBACK promised on another worker holds here.
CREATE FUNCTION mqtt_begin_batch(worker uuid, foreign_version bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE stands bigint;
BEGIN
  SELECT coalesce(sum(version), 0) INTO stands FROM mqtt_route_version WHERE worker_id <> worker;
  IF stands <> foreign_version THEN
    RAISE EXCEPTION 'routes of other workers are at %, this batch knows %', stands, foreign_version USING ERRCODE = 'QS002';
  END IF;
END $$;

-- SELECT coalesce(seq::text, '') FROM mqtt_enqueue($1::uuid, $2::json, $3::json) ORDER BY ordinal
--   publications: [{"tenant":uuid,"topic":text,"payload":base64,"forwarded":base64,
--                   "received_at":epoch ms,"expires_at":epoch ms or null}]
--   targets:      [{"session":id,"publication":index from 0,"qos":0..2,"retain":bool,"identifiers":[int]}]
--   One row for each target, ordinal from 0 in the order of targets; seq is null where the queue of the session is
--   full, the session is over, or QoS 0 finds its client away. In a call a full queue stays full.
CREATE FUNCTION mqtt_enqueue(worker uuid, publications json, targets json) RETURNS TABLE (ordinal integer, seq bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE wanted bigint[];
BEGIN
  SELECT array_agg(DISTINCT t.session) INTO wanted FROM json_to_recordset(targets) AS t(session bigint);
  PERFORM FROM mqtt_session WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
  RETURN QUERY
    WITH publication AS MATERIALIZED (
      SELECT p.n::integer - 1 AS number, p.tenant, p.topic, decode(p.payload, 'base64') AS payload,
        decode(p.forwarded, 'base64') AS forwarded, to_timestamp(p.received_at / 1000) AS received_at,
        to_timestamp(p.expires_at / 1000) AS expires_at
      FROM ROWS FROM (json_to_recordset(publications) AS (tenant uuid, topic text, payload text, forwarded text,
        received_at double precision, expires_at double precision)) WITH ORDINALITY
        AS p(tenant, topic, payload, forwarded, received_at, expires_at, n)),
    target AS MATERIALIZED (
      SELECT t.n::integer - 1 AS ordinal, t.session, t.publication, t.qos, t.retain, t.identifiers
      FROM ROWS FROM (json_to_recordset(targets) AS (session bigint, publication integer, qos smallint, retain boolean,
        identifiers integer[])) WITH ORDINALITY AS t(session, publication, qos, retain, identifiers, n)),
    queued AS MATERIALIZED (
      SELECT t.ordinal, s.tenant_id, s.id, t.publication, t.qos, t.retain, t.identifiers, z.bytes,
        s.next_seq - 1 + row_number() OVER mine AS seq,
        s.queued_count + row_number() OVER mine <= s.max_queued_count
          AND s.queued_bytes + sum(z.bytes) OVER mine <= s.max_queued_bytes AS fits
      FROM target t
      JOIN mqtt_session s ON s.id = t.session
      JOIN publication p ON p.number = t.publication AND p.tenant = s.tenant_id
      CROSS JOIN LATERAL (SELECT octet_length(p.payload) + octet_length(p.forwarded) + octet_length(p.topic) AS bytes) z
      WHERE s.ended_at IS NULL AND (t.qos > 0 OR s.worker_id IS NOT NULL)
      WINDOW mine AS (PARTITION BY s.id ORDER BY t.ordinal)),
    inserted AS (
      INSERT INTO mqtt_queued_message (tenant_id, session_id, seq, topic, payload, forwarded, qos, retain, identifiers,
        received_at, expires_at)
      SELECT q.tenant_id, q.id, q.seq, p.topic, p.payload, p.forwarded, q.qos, q.retain, coalesce(q.identifiers, '{}'),
        p.received_at, p.expires_at
      FROM queued q JOIN publication p ON p.number = q.publication WHERE q.fits),
    counted AS (
      UPDATE mqtt_session s SET next_seq = s.next_seq + c.kept, queued_count = s.queued_count + c.kept,
        queued_bytes = s.queued_bytes + c.bytes, dropped_count = s.dropped_count + c.dropped
      FROM (SELECT q.id, count(*) FILTER (WHERE q.fits)::integer AS kept, count(*) FILTER (WHERE NOT q.fits) AS dropped,
          coalesce(sum(q.bytes) FILTER (WHERE q.fits), 0) AS bytes FROM queued q GROUP BY q.id) c
      WHERE s.id = c.id)
    SELECT t.ordinal, q.seq FROM target t LEFT JOIN queued q ON q.ordinal = t.ordinal AND q.fits;
  PERFORM mqtt_tell_queued(worker, wanted);
END $$;

-- Tells the other workers that hold sessions of these; a notification may be 8 000 bytes long.
CREATE FUNCTION mqtt_tell_queued(worker uuid, sessions bigint[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT pg_notify('quayside_mqtt', json_build_object('k', 'queue', 'w', h.worker_id, 's', json_agg(h.id::text))::text)
  FROM (SELECT s.worker_id, s.id, row_number() OVER (PARTITION BY s.worker_id ORDER BY s.id) / 250 AS chunk
    FROM mqtt_session s WHERE s.id = ANY (sessions) AND s.worker_id <> worker) h
  GROUP BY h.worker_id, h.chunk
$$;

-- SELECT ordinal FROM mqtt_retain($1::json)
--   messages: [{"tenant":uuid,"topic":text,"payload":base64,"forwarded":base64,"qos":0..2,"publisher":text,
--               "received_at":epoch ms,"expires_at":epoch ms or null,"cap":topics of this publisher or null for 100}]
--   publisher: "d:<device key>", "s:<service client id>", "" for the server (no cap). An empty payload deletes.
--   Of several for a topic the last one counts. Returns the ordinals (from 0) refused for the cap.
CREATE FUNCTION mqtt_retain(messages json) RETURNS SETOF integer
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE m record;
BEGIN
  FOR m IN
    SELECT DISTINCT ON (r.tenant, h.hash) r.*, h.hash, decode(r.payload, 'base64') AS bytes,
      to_timestamp(r.received_at / 1000) AS received, to_timestamp(r.expires_at / 1000) AS expires
    FROM ROWS FROM (json_to_recordset(messages) AS (tenant uuid, topic text, payload text, forwarded text, qos smallint,
      publisher text, received_at double precision, expires_at double precision, cap integer)) WITH ORDINALITY
      AS r(tenant, topic, payload, forwarded, qos, publisher, received_at, expires_at, cap, n)
    CROSS JOIN LATERAL (SELECT sha256(convert_to(r.topic, 'UTF8')) AS hash) h
    ORDER BY r.tenant, h.hash, r.n DESC
  LOOP
    IF octet_length(m.bytes) = 0 THEN
      DELETE FROM retained_message WHERE tenant_id = m.tenant AND topic_hash = m.hash;
      CONTINUE;
    END IF;
    UPDATE retained_message SET payload = m.bytes, forwarded = decode(m.forwarded, 'base64'), qos = m.qos,
      publisher = m.publisher, received_at = m.received, expires_at = m.expires
    WHERE tenant_id = m.tenant AND topic_hash = m.hash;
    CONTINUE WHEN FOUND;
    IF m.publisher <> '' AND (SELECT count(*) FROM retained_message
        WHERE tenant_id = m.tenant AND publisher = m.publisher) >= coalesce(m.cap, 100) THEN
      RETURN NEXT (m.n - 1)::integer;
      CONTINUE;
    END IF;
    INSERT INTO retained_message (tenant_id, topic_hash, topic, payload, forwarded, qos, publisher, received_at, expires_at)
    VALUES (m.tenant, m.hash, m.topic, m.bytes, decode(m.forwarded, 'base64'), m.qos, m.publisher, m.received, m.expires)
    ON CONFLICT (tenant_id, topic_hash) DO UPDATE SET payload = EXCLUDED.payload, forwarded = EXCLUDED.forwarded,
      qos = EXCLUDED.qos, publisher = EXCLUDED.publisher, received_at = EXCLUDED.received_at, expires_at = EXCLUDED.expires_at;
  END LOOP;
END $$;

-- SELECT session || ':' || packet FROM mqtt_claim_inbound($1::json)
--   pairs: [{"session":id,"packet":packet identifier}]
--   Returns the pairs that were not claimed before, each once; pairs of sessions that are over count as new.
CREATE FUNCTION mqtt_claim_inbound(pairs json) RETURNS TABLE (session bigint, packet integer)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE wanted bigint[];
BEGIN
  SELECT array_agg(DISTINCT p.session) INTO wanted FROM json_to_recordset(pairs) AS p(session bigint);
  -- A session that ends now waits for this transaction, and its rows go with it.
  PERFORM FROM mqtt_session WHERE id = ANY (wanted) ORDER BY id FOR KEY SHARE;
  RETURN QUERY
    WITH pair AS MATERIALIZED (
      SELECT DISTINCT p.session, p.packet FROM json_to_recordset(pairs) AS p(session bigint, packet integer)),
    inserted AS (
      INSERT INTO mqtt_inbound_id AS i (tenant_id, session_id, packet_id)
      SELECT s.tenant_id, s.id, p.packet FROM pair p JOIN mqtt_session s ON s.id = p.session
      WHERE s.ended_at IS NULL ORDER BY s.id, p.packet
      ON CONFLICT DO NOTHING RETURNING i.session_id, i.packet_id)
    SELECT i.session_id, i.packet_id FROM inserted i
    UNION ALL
    SELECT p.session, p.packet FROM pair p
    WHERE NOT EXISTS (SELECT FROM mqtt_session s WHERE s.id = p.session AND s.ended_at IS NULL);
END $$;

REVOKE ALL ON FUNCTION mqtt_begin_batch(uuid, bigint), mqtt_enqueue(uuid, json, json), mqtt_tell_queued(uuid, bigint[]),
  mqtt_retain(json), mqtt_claim_inbound(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mqtt_begin_batch(uuid, bigint), mqtt_enqueue(uuid, json, json), mqtt_tell_queued(uuid, bigint[]),
  mqtt_retain(json), mqtt_claim_inbound(json) TO quayside_ingest;
