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
-- Planning the statement anew takes longer than running it.
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
      -- The array makes the plan go by the index, however the targets are estimated.
      JOIN (SELECT * FROM mqtt_session WHERE id = ANY (wanted)) s ON s.id = t.session
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
      WHERE s.id = c.id AND s.id = ANY (wanted))
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

-- SELECT mqtt_share_retained($1::json)
--   tenants: [uuid]. Before mqtt_begin_batch, in a transaction that retains messages of these tenants: whoever
--   subscribed before is known to the batch then, and whoever subscribes later waits for it, see below.
CREATE FUNCTION mqtt_share_retained(tenants json) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT pg_advisory_xact_lock_shared(729481630, h.hash)
  FROM (SELECT DISTINCT hashtext(value) AS hash FROM json_array_elements_text(tenants) ORDER BY 1) h
$$;

-- Waits for the batches that retain messages of the tenant and may not know a subscription that is committed.
CREATE FUNCTION mqtt_await_retained(tenant uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(729481630, hashtext(tenant::text));
EXCEPTION WHEN lock_not_available THEN
  -- A worker hangs in its transaction; others do not wait for it longer.
  NULL;
END $$;

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

-- SELECT concat_ws(':', session, generation, packet, CASE WHEN superseded THEN 'superseded' END) FROM mqtt_claim_inbound($1::json)
--   pairs: [{"session":id,"generation":of the connection,"packet":packet identifier}]
--   Returns the pairs that were not claimed before, each once; pairs of sessions that are over count as new.
--   "superseded": another connection has the session, on which the client sends the publication again. A claim
--   now could come after that one was released, and would then swallow the identifier's next publication.
CREATE FUNCTION mqtt_claim_inbound(pairs json)
RETURNS TABLE (session bigint, generation bigint, packet integer, superseded boolean)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE wanted bigint[];
BEGIN
  SELECT array_agg(DISTINCT p.session) INTO wanted FROM json_to_recordset(pairs) AS p(session bigint);
  -- A session that ends now waits for this transaction, and its rows go with it.
  PERFORM FROM mqtt_session WHERE id = ANY (wanted) ORDER BY id FOR KEY SHARE;
  RETURN QUERY
    WITH pair AS MATERIALIZED (
      SELECT DISTINCT p.session, p.generation, p.packet, s.tenant_id, s.generation AS current
      FROM json_to_recordset(pairs) AS p(session bigint, generation bigint, packet integer)
      LEFT JOIN mqtt_session s ON s.id = p.session AND s.ended_at IS NULL),
    inserted AS (
      INSERT INTO mqtt_inbound_id AS i (tenant_id, session_id, packet_id)
      SELECT p.tenant_id, p.session, p.packet FROM pair p
      WHERE p.generation = p.current ORDER BY p.session, p.packet
      ON CONFLICT DO NOTHING RETURNING i.session_id, i.packet_id)
    SELECT p.session, p.generation, p.packet, coalesce(p.generation <> p.current, false) FROM pair p
    WHERE p.current IS NULL OR p.generation <> p.current
      OR EXISTS (SELECT FROM inserted i WHERE i.session_id = p.session AND i.packet_id = p.packet);
END $$;

-- ---------------------------------------------------------------------------------------------------------
-- What routing sees of sessions, told from worker to worker.

-- The version that this transaction gives to its changes. The row stays locked until it ends, so that versions
-- of a worker become visible in their order.
CREATE FUNCTION mqtt_change_version(worker uuid) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE raised bigint := nullif(current_setting('quayside.route_version', true), '');
BEGIN
  IF raised IS NULL THEN
    INSERT INTO mqtt_route_version AS v (worker_id, version) VALUES (worker, nextval('mqtt_version'))
    ON CONFLICT (worker_id) DO UPDATE SET version = nextval('mqtt_version')
    RETURNING v.version INTO raised;
    PERFORM set_config('quayside.route_version', raised::text, true);
  END IF;
  RETURN raised;
END $$;

-- Marks a session as changed for those who route, unless they never heard of it and need not.
CREATE FUNCTION mqtt_mark_changed(worker uuid, session bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  UPDATE mqtt_session SET changed_by = worker, changed_version = mqtt_change_version(worker)
  WHERE id = session AND (changed_version IS NOT NULL OR EXISTS (SELECT FROM mqtt_subscription WHERE session_id = session))
$$;

-- A session as RouteChange, see server/broker/session-store.ts; without subscriptions it is off the routes.
CREATE FUNCTION mqtt_route_of(s mqtt_session) RETURNS json
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT json_build_object('key', s.session_key, 'tenant', s.tenant_id, 'id', s.id::text, 'worker', s.worker_id,
    'keeps', s.expiry_seconds > 0, 'subscriptions', (SELECT coalesce(json_agg(json_build_array(filter, qos, no_local, retain_as_published, retain_handling, identifier)
      ORDER BY filter_hash), '[]') FROM mqtt_subscription WHERE session_id = s.id))
$$;

-- What the worker's last transaction changed.
CREATE FUNCTION mqtt_own_changes(worker uuid) RETURNS SETOF json
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE raised bigint := (SELECT route_version FROM mqtt_store_batch WHERE worker_id = worker);
BEGIN
  IF raised IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT json_build_object('key', session_key, 'tenant', tenant_id, 'gone', true)
    FROM mqtt_session_gone g WHERE changed_by = worker AND changed_version = raised
      -- Asked again after a COMMIT whose answer was lost, another worker may have begun it anew.
      AND NOT EXISTS (SELECT FROM mqtt_session s WHERE s.session_key = g.session_key AND s.changed_version IS NOT NULL);
  RETURN QUERY SELECT mqtt_route_of(s) FROM mqtt_session s WHERE changed_by = worker AND changed_version = raised;
END $$;

-- What others changed since the versions {"<worker>": version} that are known. The first row says which are known
-- then. What is gone comes first: a session of the same key may have begun since.
CREATE FUNCTION mqtt_foreign_changes(worker uuid, known json) RETURNS SETOF json
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH stand AS MATERIALIZED (
    SELECT coalesce(v.worker_id, k.worker_id) AS worker_id, coalesce(v.version, k.version) AS version,
      coalesce(k.version, 0) AS known, v.version AS current
    FROM mqtt_route_version v
    FULL JOIN (SELECT key::uuid AS worker_id, value::bigint AS version FROM json_each_text(known)) k
      ON k.worker_id = v.worker_id
    WHERE coalesce(v.worker_id, k.worker_id) <> worker)
  SELECT json_build_object(
    'versions', (SELECT coalesce(json_object_agg(worker_id, version::text), '{}') FROM stand),
    'sum', (SELECT coalesce(sum(current), 0)::text FROM stand))
  UNION ALL
  SELECT json_build_object('key', g.session_key, 'tenant', g.tenant_id, 'gone', true)
  FROM stand t JOIN mqtt_session_gone g ON g.changed_by = t.worker_id AND g.changed_version > t.known
  WHERE NOT EXISTS (SELECT FROM mqtt_session s WHERE s.session_key = g.session_key AND s.changed_version IS NOT NULL)
  UNION ALL
  SELECT mqtt_route_of(s) FROM stand t
  JOIN mqtt_session s ON s.changed_by = t.worker_id AND s.changed_version > t.known
$$;

-- ---------------------------------------------------------------------------------------------------------
-- The session writer of a worker. Sessions are named by key and generation: what an older connection still asks
-- finds nothing.

CREATE FUNCTION mqtt_will_of(s mqtt_session) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN s.will_topic IS NOT NULL THEN jsonb_build_object('topic', s.will_topic,
    'payload', encode(s.will_payload, 'base64'), 'forwarded', encode(s.will_forwarded, 'base64'), 'qos', s.will_qos,
    'retain', s.will_retain, 'expiry', s.will_expiry_seconds, 'delay', s.will_delay_seconds) END
$$;

CREATE FUNCTION mqtt_remove_session(worker uuid, session bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO mqtt_session_gone (tenant_id, session_key, changed_by, changed_version)
  SELECT tenant_id, session_key, worker, mqtt_change_version(worker) FROM mqtt_session
  WHERE id = session AND changed_version IS NOT NULL;
  DELETE FROM mqtt_session WHERE id = session
$$;

-- The session is over, its will is published by whoever comes first.
CREATE FUNCTION mqtt_finish_session(worker uuid, session bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM mqtt_session WHERE id = session AND will_due_at IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM mqtt_remove_session(worker, session);
    RETURN;
  END IF;
  DELETE FROM mqtt_subscription WHERE session_id = session;
  DELETE FROM mqtt_queued_message WHERE session_id = session;
  DELETE FROM mqtt_inbound_id WHERE session_id = session;
  UPDATE mqtt_session SET ended_at = now(), expires_at = NULL, will_due_at = least(will_due_at, now()),
    queued_count = 0, queued_bytes = 0 WHERE id = session;
  PERFORM mqtt_mark_changed(worker, session);
END $$;

-- The connection is over. "due": when the will is published; null when it was, or is not wanted.
CREATE FUNCTION mqtt_leave(worker uuid, session bigint, expiry bigint, due timestamptz, sent bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE mqtt_session SET worker_id = NULL, disconnected_at = now(), expiry_seconds = expiry,
    expires_at = CASE WHEN expiry < 4294967295 THEN now() + make_interval(secs => expiry) END,
    -- Never less: what an earlier connection sent may be beyond what this one got to.
    sent_before = greatest(sent_before, coalesce(sent + 1, next_seq)), will_due_at = due,
    will_topic = CASE WHEN due IS NOT NULL THEN will_topic END,
    will_payload = CASE WHEN due IS NOT NULL THEN will_payload END,
    will_forwarded = CASE WHEN due IS NOT NULL THEN will_forwarded END
  WHERE id = session;
  IF expiry = 0 THEN
    PERFORM mqtt_finish_session(worker, session);
    RETURN;
  END IF;
  PERFORM mqtt_mark_changed(worker, session);
  -- Handed over and not sent in time: it is not kept, and must not take the room of what is.
  PERFORM mqtt_drop_queued(session, ARRAY(SELECT seq FROM mqtt_queued_message WHERE session_id = session AND qos = 0));
END $$;

-- When the connection ended whose worker is silent; null while the worker lives.
CREATE FUNCTION mqtt_lost_at(s mqtt_session, worker uuid) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN s.worker_id IS NULL OR s.worker_id = worker THEN NULL
    ELSE (SELECT CASE WHEN max(w.heartbeat_at) > now() - interval '15 seconds' THEN NULL
      ELSE coalesce(max(w.heartbeat_at), now()) END FROM worker_instance w WHERE w.id = s.worker_id) END
$$;

CREATE FUNCTION mqtt_open(worker uuid, op jsonb, others boolean) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  s mqtt_session;
  grown bigint := nextval('mqtt_generation');
  expiry bigint := op->'expiry';
  will jsonb := op->'will';
  lost_at timestamptz;
  resumed boolean;
  orphan jsonb;
  session bigint;
BEGIN
  SELECT * INTO s FROM mqtt_session WHERE session_key = op->>'key' FOR NO KEY UPDATE;
  lost_at := mqtt_lost_at(s, worker);
  -- [MQTT-3.1.2-5], [MQTT-3.1.2-6]
  resumed := s.id IS NOT NULL AND NOT (op->'clean')::boolean AND s.ended_at IS NULL AND s.expiry_seconds > 0
    AND coalesce(s.expires_at > now(), true)
    AND (lost_at IS NULL OR s.expiry_seconds = 4294967295 OR lost_at + make_interval(secs => s.expiry_seconds) > now());
  IF s.will_topic IS NOT NULL THEN
    orphan := CASE
      WHEN s.worker_id IS NULL THEN
        CASE WHEN coalesce(s.will_lease_until <= now(), true) AND (NOT resumed OR s.will_due_at <= now())
          THEN mqtt_will_of(s) END
      WHEN lost_at IS NULL THEN CASE WHEN NOT resumed AND s.will_delay_seconds > 0 THEN mqtt_will_of(s) END
      WHEN NOT resumed OR lost_at + make_interval(secs => s.will_delay_seconds) <= now() THEN mqtt_will_of(s)
    END;
  END IF;
  IF s.worker_id <> worker THEN
    -- A worker that was silent too long must not publish the will as well: it is given to this connection.
    PERFORM mqtt_tell_taken(s.worker_id::text, s.session_key, grown, CASE WHEN lost_at IS NULL THEN op->>'remote' ELSE '' END);
  ELSIF s.id IS NULL AND others THEN
    -- Another worker may have a connection that left nothing here.
    PERFORM mqtt_tell_taken('*', op->>'key', grown, op->>'remote');
  END IF;
  IF resumed THEN
    session := s.id;
    IF s.queued_count > 0 THEN
      PERFORM mqtt_drop_queued(session, ARRAY(SELECT seq FROM mqtt_queued_message WHERE session_id = session AND qos = 0));
    END IF;
    UPDATE mqtt_session SET generation = grown, worker_id = worker, remote = op->>'remote', connected_at = now(),
      disconnected_at = NULL, expiry_seconds = expiry, expires_at = NULL,
      sent_before = CASE WHEN s.worker_id IS NULL THEN sent_before ELSE next_seq END
    WHERE id = session;
    IF s.worker_id IS DISTINCT FROM worker OR expiry = 0 THEN PERFORM mqtt_mark_changed(worker, session); END IF;
  ELSE
    IF s.id IS NOT NULL THEN PERFORM mqtt_remove_session(worker, s.id); END IF;
    IF expiry > 0 OR will IS NOT NULL THEN session := mqtt_insert_session(worker, op, grown); END IF;
  END IF;
  IF session IS NOT NULL THEN
    UPDATE mqtt_session SET will_topic = will->>'topic', will_payload = decode(will->>'payload', 'base64'),
      will_forwarded = decode(will->>'forwarded', 'base64'), will_qos = coalesce((will->'qos')::smallint, 0),
      will_retain = coalesce((will->'retain')::boolean, false), will_expiry_seconds = (will->>'expiry')::bigint,
      will_delay_seconds = coalesce((will->'delay')::bigint, 0), will_due_at = NULL, will_lease_until = NULL,
      max_queued_count = coalesce((op->>'most')::integer, max_queued_count),
      max_queued_bytes = coalesce((op->>'mostBytes')::bigint, max_queued_bytes)
    WHERE id = session;
  END IF;
  RETURN jsonb_build_object('id', session::text, 'generation', grown, 'present', resumed, 'will', orphan);
END $$;

CREATE FUNCTION mqtt_insert_session(worker uuid, op jsonb, grown bigint) RETURNS bigint
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO mqtt_session (tenant_id, session_key, owner_kind, device_key, service_client_id, client_id, generation,
    worker_id, remote, connected_at, expiry_seconds)
  VALUES ((op->>'tenant')::uuid, op->>'key', CASE WHEN op ? 'device' THEN 'device' ELSE 'service' END,
    (op->>'device')::bigint, (op->>'service')::uuid, op->>'client', grown, worker, coalesce(op->>'remote', ''), now(),
    (op->'expiry')::bigint)
  RETURNING id
$$;

CREATE FUNCTION mqtt_tell_taken(worker text, key text, generation bigint, remote text) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT pg_notify('quayside_mqtt',
    json_build_object('k', 'taken', 'w', worker, 'key', key, 'g', generation, 'from', left(remote, 200))::text)
$$;

CREATE FUNCTION mqtt_drop_queued(session bigint, seqs bigint[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH gone AS (DELETE FROM mqtt_queued_message WHERE session_id = session AND seq = ANY (seqs)
    RETURNING octet_length(payload) + octet_length(forwarded) + octet_length(topic) AS bytes)
  UPDATE mqtt_session SET queued_count = queued_count - g.count, queued_bytes = queued_bytes - g.bytes
  FROM (SELECT count(*)::integer AS count, sum(bytes) AS bytes FROM gone HAVING count(*) > 0) g WHERE id = session
$$;

-- Makes the row of a session that had nothing to keep before; null when another connection has the session.
CREATE FUNCTION mqtt_session_to_subscribe(worker uuid, op jsonb) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE s mqtt_session;
BEGIN
  SELECT * INTO s FROM mqtt_session WHERE session_key = op->>'key' FOR NO KEY UPDATE;
  IF s.generation = (op->'generation')::bigint AND s.ended_at IS NULL THEN RETURN s.id; END IF;
  IF s.generation >= (op->'generation')::bigint OR NOT (op->'new')::boolean THEN RETURN NULL; END IF;
  IF s.id IS NOT NULL THEN PERFORM mqtt_remove_session(worker, s.id); END IF;
  RETURN mqtt_insert_session(worker, op, (op->'generation')::bigint);
END $$;

CREATE FUNCTION mqtt_subscribe(worker uuid, op jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  session bigint := mqtt_session_to_subscribe(worker, op);
  sub record;
  fresh boolean[] := '{}';
  known boolean;
BEGIN
  FOR sub IN SELECT sha256(convert_to(value->>0, 'UTF8')) AS hash, value FROM jsonb_array_elements(op->'subscriptions')
  LOOP
    IF session IS NULL THEN
      fresh := fresh || false;
      CONTINUE;
    END IF;
    UPDATE mqtt_subscription SET qos = (sub.value->1)::smallint, no_local = (sub.value->2)::boolean,
      retain_as_published = (sub.value->3)::boolean, retain_handling = (sub.value->4)::smallint,
      identifier = (sub.value->>5)::integer
    WHERE session_id = session AND filter_hash = sub.hash;
    known := FOUND;
    fresh := fresh || NOT known;
    IF NOT known THEN
      INSERT INTO mqtt_subscription (tenant_id, session_id, filter_hash, filter, qos, no_local, retain_as_published,
        retain_handling, identifier)
      VALUES ((op->>'tenant')::uuid, session, sub.hash, sub.value->>0, (sub.value->1)::smallint,
        (sub.value->2)::boolean, (sub.value->3)::boolean, (sub.value->4)::smallint, (sub.value->>5)::integer);
    END IF;
  END LOOP;
  PERFORM mqtt_mark_changed(worker, session);
  RETURN jsonb_build_object('id', session::text, 'isNew', to_jsonb(fresh));
END $$;

CREATE FUNCTION mqtt_unsubscribe(worker uuid, session bigint, filters jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  had boolean[] := '{}';
  wanted text;
BEGIN
  FOR wanted IN SELECT value FROM jsonb_array_elements_text(filters) LOOP
    DELETE FROM mqtt_subscription WHERE session_id = session AND filter_hash = sha256(convert_to(wanted, 'UTF8'));
    had := had || FOUND;
  END LOOP;
  IF true = ANY (had) THEN PERFORM mqtt_mark_changed(worker, session); END IF;
  RETURN to_jsonb(had);
END $$;

CREATE FUNCTION mqtt_enqueue_own(worker uuid, session bigint, op jsonb) RETURNS jsonb
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(e.seq::text ORDER BY e.ordinal) FROM mqtt_enqueue(worker, (op->'publications')::json,
    (SELECT jsonb_agg(value || jsonb_build_object('session', session) ORDER BY n)::json
     FROM jsonb_array_elements(op->'targets') WITH ORDINALITY AS t(value, n))) e
$$;

CREATE FUNCTION mqtt_close(worker uuid, session bigint, op jsonb) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT mqtt_leave(worker, session, (op->'expiry')::bigint, to_timestamp((op->>'due')::double precision / 1000),
    (op->>'sent')::bigint) WHERE session IS NOT NULL
$$;

-- One transaction of the session writer: operations in order, a result for each. A sequence that is committed
-- already is not done again and answers what it answered.
CREATE FUNCTION mqtt_apply(worker uuid, batch_sequence bigint, operations jsonb) RETURNS SETOF jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  b mqtt_store_batch;
  op jsonb;
  session bigint;
  answers jsonb[] := '{}';
  keys text[];
  others boolean;
BEGIN
  INSERT INTO mqtt_store_batch AS o (worker_id, sequence, results, committed_at)
  VALUES (worker, batch_sequence, '[]', now())
  ON CONFLICT (worker_id) DO UPDATE SET sequence = EXCLUDED.sequence WHERE o.sequence < EXCLUDED.sequence;
  IF NOT FOUND THEN
    SELECT * INTO b FROM mqtt_store_batch WHERE worker_id = worker;
    IF b.sequence <> batch_sequence THEN
      RAISE EXCEPTION 'transaction % of worker % was overtaken by %', batch_sequence, worker, b.sequence;
    END IF;
    RETURN QUERY SELECT value FROM jsonb_array_elements(b.results);
    RETURN;
  END IF;
  keys := ARRAY(SELECT DISTINCT value->>'key' FROM jsonb_array_elements(operations));
  PERFORM FROM mqtt_session WHERE session_key = ANY (keys) ORDER BY id FOR NO KEY UPDATE;
  -- Also those that are silent: after an outage of the database all are.
  others := EXISTS (SELECT FROM worker_instance WHERE id <> worker);
  FOR op IN SELECT value FROM jsonb_array_elements(operations) LOOP
    SELECT id INTO session FROM mqtt_session
    WHERE session_key = op->>'key' AND generation = (op->'generation')::bigint AND ended_at IS NULL;
    CASE op->>'op'
      WHEN 'open' THEN answers := answers || mqtt_open(worker, op, others);
      WHEN 'subscribe' THEN answers := answers || mqtt_subscribe(worker, op);
      WHEN 'unsubscribe' THEN answers := answers || CASE WHEN session IS NULL THEN 'null'::jsonb
        ELSE mqtt_unsubscribe(worker, session, op->'filters') END;
      WHEN 'enqueue' THEN answers := answers || mqtt_enqueue_own(worker, session, op);
      WHEN 'done' THEN
        PERFORM mqtt_drop_queued(session, ARRAY(SELECT value::bigint FROM jsonb_array_elements_text(op->'seqs')));
        answers := answers || to_jsonb(session IS NOT NULL);
      WHEN 'release' THEN
        UPDATE mqtt_queued_message SET released = true WHERE session_id = session AND seq = (op->>'seq')::bigint;
        answers := answers || to_jsonb(session IS NOT NULL);
      WHEN 'forgetInbound' THEN
        DELETE FROM mqtt_inbound_id WHERE session_id = session AND packet_id = (op->'packetId')::integer;
        answers := answers || to_jsonb(session IS NOT NULL);
      WHEN 'close' THEN
        PERFORM mqtt_close(worker, session, op);
        answers := answers || to_jsonb(session IS NOT NULL);
      WHEN 'sweep' THEN answers := answers || mqtt_sweep(worker, (op->'most')::integer,
        (op->'withLost')::boolean, (op->'withQueues')::boolean);
      WHEN 'sweepOwners' THEN answers := answers || mqtt_sweep_owners(worker, (op->'most')::integer);
    END CASE;
  END LOOP;
  UPDATE mqtt_store_batch SET results = to_jsonb(answers), committed_at = now(),
    route_version = nullif(current_setting('quayside.route_version', true), '')::bigint WHERE worker_id = worker;
  RETURN QUERY SELECT a FROM unnest(answers) AS a;
END $$;

-- The queue after a seq: at most so many messages and bytes, one at least.
--   Message: [seq, qos, retain, identifiers, state, topic, payload, forwarded, expires at, received at]
CREATE FUNCTION mqtt_page(session bigint, after bigint, most integer, most_bytes bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH next AS (
    SELECT m.*, row_number() OVER w AS place,
      sum(octet_length(payload) + octet_length(forwarded) + octet_length(topic)) OVER w AS bytes
    FROM (SELECT * FROM mqtt_queued_message WHERE session_id = session AND seq > after ORDER BY seq LIMIT most + 1) m
    WINDOW w AS (ORDER BY seq)),
  page AS (SELECT * FROM next WHERE place <= most AND (bytes <= most_bytes OR place = 1))
  SELECT jsonb_build_object(
    'more', (SELECT count(*) FROM next) > (SELECT count(*) FROM page),
    'queued', coalesce((SELECT jsonb_agg(jsonb_build_array(seq::text, qos, retain, identifiers,
      CASE WHEN released THEN 'released'
        WHEN seq < (SELECT s.sent_before FROM mqtt_session s WHERE s.id = session) THEN 'maybe-sent' ELSE 'waiting' END,
      topic, encode(payload, 'base64'), encode(forwarded, 'base64'),
      extract(epoch FROM expires_at) * 1000, extract(epoch FROM received_at) * 1000) ORDER BY seq) FROM page), '[]'))
$$;

-- What an opened session holds; for keys without a row null. In the order of the keys.
CREATE FUNCTION mqtt_opened(worker uuid, keys jsonb, most integer, most_bytes bigint) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  wanted text;
  s mqtt_session;
BEGIN
  FOR wanted IN SELECT value FROM jsonb_array_elements_text(keys) LOOP
    SELECT * INTO s FROM mqtt_session WHERE session_key = wanted;
    RETURN NEXT CASE WHEN s.worker_id = worker THEN jsonb_build_object(
      'subscriptions', (SELECT coalesce(json_agg(json_build_array(filter, qos, no_local, retain_as_published, retain_handling, identifier)
        ORDER BY filter_hash), '[]') FROM mqtt_subscription WHERE session_id = s.id),
      'inbound', (SELECT coalesce(jsonb_agg(packet_id ORDER BY packet_id), '[]') FROM mqtt_inbound_id
        WHERE session_id = s.id),
      'last', (s.next_seq - 1)::text,
      'page', CASE WHEN s.queued_count > 0 THEN mqtt_page(s.id, 0, most, most_bytes) END) END;
  END LOOP;
END $$;

-- ---------------------------------------------------------------------------------------------------------
-- Each second, on every worker.

-- "with_lost": also sessions of workers that are silent. Whoever asks must have heard the database long enough
-- for others to be heard: after an outage all are silent.
-- "with_queues": also messages that expired in queues. Those of connected sessions stay, since they may be in
-- flight, and finding none among many of them takes its time.
CREATE FUNCTION mqtt_sweep(worker uuid, most integer, with_lost boolean, with_queues boolean) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  s mqtt_session;
  -- Arrays make the plans go by the indexes.
  dead uuid[] := ARRAY(SELECT v.worker_id FROM mqtt_route_version v WHERE with_lost AND v.worker_id <> worker AND NOT EXISTS (
    SELECT FROM worker_instance w WHERE w.id = v.worker_id AND w.heartbeat_at > now() - interval '15 seconds'));
  -- Only those of which something is dropped, or the oldest of the others would be found for ever.
  holding bigint[] := ARRAY(
    SELECT DISTINCT q.session_id FROM mqtt_queued_message q JOIN mqtt_session h ON h.id = q.session_id
    WHERE with_queues AND q.expires_at <= now() AND h.worker_id IS NULL AND NOT q.released
      AND (q.qos < 2 OR q.seq >= h.sent_before)
    LIMIT most);
  lost integer := 0;
  expired integer := 0;
  messages integer := 0;
  retained integer;
BEGIN
  FOR s IN SELECT * FROM mqtt_session m WHERE m.worker_id = ANY (dead) LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    -- Should the worker only have been asleep, it finds that the session is no longer its own.
    UPDATE mqtt_session SET generation = nextval('mqtt_generation') WHERE id = s.id RETURNING generation INTO s.generation;
    PERFORM mqtt_tell_taken(s.worker_id::text, s.session_key, s.generation, '');
    PERFORM mqtt_leave(worker, s.id, s.expiry_seconds, CASE WHEN s.will_topic IS NOT NULL THEN
      coalesce(mqtt_lost_at(s, worker), now()) + make_interval(secs => s.will_delay_seconds) END, NULL);
    lost := lost + 1;
  END LOOP;
  FOR s IN SELECT * FROM mqtt_session WHERE expires_at <= now() ORDER BY expires_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    PERFORM mqtt_finish_session(worker, s.id);
    expired := expired + 1;
  END LOOP;
  FOR s IN SELECT * FROM mqtt_session m WHERE m.id = ANY (holding) AND m.worker_id IS NULL FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    -- QoS 2 that the client may know must be ended with it, or its packet identifier could not be used again.
    PERFORM mqtt_drop_queued(s.id, ARRAY(SELECT seq FROM mqtt_queued_message WHERE session_id = s.id
      AND expires_at <= now() AND NOT released AND (qos < 2 OR seq >= s.sent_before)));
    messages := messages + 1;
  END LOOP;
  DELETE FROM retained_message WHERE ctid IN (
    SELECT ctid FROM retained_message WHERE expires_at <= now() LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS retained = ROW_COUNT;
  RETURN jsonb_build_object('lost', lost, 'expired', expired, 'queues', messages, 'retained', retained);
END $$;

-- Whether a sweep would find anything; so that quiet installations are not written to each second.
CREATE FUNCTION mqtt_sweep_is_due(worker uuid, with_lost boolean, with_queues boolean) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM mqtt_session WHERE expires_at <= now())
    OR EXISTS (SELECT FROM retained_message WHERE expires_at <= now())
    OR with_queues AND EXISTS (SELECT FROM mqtt_queued_message q JOIN mqtt_session s ON s.id = q.session_id
      WHERE q.expires_at <= now() AND s.worker_id IS NULL AND NOT q.released AND (q.qos < 2 OR q.seq >= s.sent_before))
    OR EXISTS (SELECT FROM mqtt_route_version v JOIN mqtt_session s ON s.worker_id = v.worker_id
      WHERE with_lost AND v.worker_id <> worker AND NOT EXISTS (SELECT FROM worker_instance w
        WHERE w.id = v.worker_id AND w.heartbeat_at > now() - interval '15 seconds'))
$$;

-- Each minute: sessions whose owner is no more, and what is known to everyone by now. A version that leaves with
-- its worker is added to that of the row of all ones, so that the sum stays.
CREATE FUNCTION mqtt_sweep_owners(worker uuid, most integer) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  s mqtt_session;
  ended integer := 0;
  left_over bigint;
BEGIN
  FOR s IN SELECT m.* FROM mqtt_session m
    WHERE m.ended_at IS NULL AND CASE m.owner_kind
      WHEN 'device' THEN EXISTS (SELECT FROM device d WHERE d.key = m.device_key AND d.state = 'decommissioned')
      ELSE NOT EXISTS (SELECT FROM service_client c WHERE c.tenant_id = m.tenant_id AND c.id = m.service_client_id) END
    ORDER BY m.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    PERFORM mqtt_remove_session(worker, s.id);
    PERFORM mqtt_tell_ended(s);
    ended := ended + 1;
  END LOOP;
  DELETE FROM mqtt_session_gone WHERE gone_at < now() - interval '1 hour';
  WITH dead AS (
    DELETE FROM mqtt_route_version v
    WHERE v.worker_id NOT IN (worker, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND NOT EXISTS (SELECT FROM worker_instance w WHERE w.id = v.worker_id)
      AND NOT EXISTS (SELECT FROM mqtt_session m WHERE m.worker_id = v.worker_id)
      AND NOT EXISTS (SELECT FROM mqtt_store_batch b WHERE b.worker_id = v.worker_id AND b.committed_at > now() - interval '1 hour')
    RETURNING version)
  SELECT sum(version) INTO left_over FROM dead;
  IF left_over IS NOT NULL THEN
    INSERT INTO mqtt_route_version AS v (worker_id, version) VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', left_over)
    ON CONFLICT (worker_id) DO UPDATE SET version = v.version + EXCLUDED.version;
  END IF;
  DELETE FROM mqtt_store_batch b WHERE b.committed_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM worker_instance w WHERE w.id = b.worker_id);
  RETURN jsonb_build_object('ended', ended);
END $$;

CREATE FUNCTION mqtt_tell_ended(s mqtt_session) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT pg_notify('quayside_mqtt',
    json_build_object('k', 'ended', 'w', s.worker_id, 'key', s.session_key, 'g', s.generation)::text)
  WHERE s.worker_id IS NOT NULL
$$;

-- An operator ends a session of the own tenant: whatever is kept of it is deleted, a connection is closed, a will
-- that waits for its delay is published. False when there is no such session. Audited by the service that calls.
CREATE FUNCTION mqtt_end_session(session bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  s mqtt_session;
  console CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
  SELECT * INTO s FROM mqtt_session m WHERE m.id = session AND m.tenant_id = app_tenant() AND m.ended_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM mqtt_finish_session(console, s.id);
  PERFORM mqtt_tell_ended(s);
  RETURN true;
END $$;

-- Whether a topic filter, split at its slashes, selects a topic (MQTT 5.0 §4.7).
CREATE FUNCTION mqtt_selects(filter text[], topic text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
  levels text[] := string_to_array(topic, '/');
  literal integer := cardinality(filter);
BEGIN
  -- [MQTT-4.7.2-1]
  IF left(topic, 1) = '$' AND filter[1] IN ('#', '+') THEN RETURN false; END IF;
  IF filter[literal] = '#' THEN
    literal := literal - 1;
    IF cardinality(levels) < literal THEN RETURN false; END IF;
  ELSIF cardinality(levels) <> literal THEN
    RETURN false;
  END IF;
  FOR n IN 1 .. literal LOOP
    IF filter[n] <> '+' AND filter[n] <> levels[n] THEN RETURN false; END IF;
  END LOOP;
  RETURN true;
END $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'mqtt\_%' LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', f,
      CASE WHEN f = 'mqtt_end_session(bigint)'::regprocedure THEN 'quayside_app' ELSE 'quayside_ingest' END);
  END LOOP;
END $$;
