-- How readings get into their rollups exactly once, whatever dies when; partitions ahead; what the stores weigh.

-- A worker holds readings of this minute that it committed and has not rolled up yet. The row is written by the
-- transaction of the batch that is the first to hold some, so a worker that dies leaves it behind.
CREATE TABLE telemetry.rollup_open (
  minute    timestamptz NOT NULL,
  worker_id uuid        NOT NULL,
  sequence  bigint      NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (minute, worker_id, sequence)
);
COMMENT ON COLUMN telemetry.rollup_open.sequence IS 'of the batch; a minute that is opened again never waits for the transaction that closes it';
CREATE INDEX rollup_open_worker ON telemetry.rollup_open (worker_id);

-- The rollups of this minute are to be computed from its readings.
CREATE TABLE telemetry.rollup_due (
  minute  timestamptz PRIMARY KEY,
  since   timestamptz NOT NULL DEFAULT clock_timestamp(),
  rebuilt boolean     NOT NULL DEFAULT false
);
COMMENT ON COLUMN telemetry.rollup_due.rebuilt IS 'the rows of the minute are right again, those of its hour are not';

-- A minute was computed from its readings while workers still held some: those that the snapshot sees are in.
CREATE TABLE telemetry.rollup_rebuilt (
  minute   timestamptz PRIMARY KEY,
  snapshot pg_snapshot NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.rollup_open, telemetry.rollup_due, telemetry.rollup_rebuilt TO quayside_ingest;

-- The minutes of a range whose rollups may lack readings, oldest first. As many as 5000 stand for the whole range.
CREATE FUNCTION telemetry.rollups_behind(from_at timestamptz, until_at timestamptz) RETURNS TABLE (minute timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  SELECT b.minute FROM (
    SELECT o.minute FROM rollup_open o WHERE o.minute >= date_trunc('minute', from_at, 'UTC') AND o.minute < until_at
    UNION
    SELECT d.minute FROM rollup_due d WHERE d.minute >= date_trunc('minute', from_at, 'UTC') AND d.minute < until_at
  ) AS b ORDER BY 1 LIMIT 5000
$$;
REVOKE ALL ON FUNCTION telemetry.rollups_behind(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.rollups_behind(timestamptz, timestamptz) TO quayside_app, quayside_ingest;
COMMENT ON FUNCTION telemetry.rollups_behind(timestamptz, timestamptz) IS 'Minutes whose rollups, and those of their hour, may lack committed readings. 5000 rows mean: the whole range.';

-- Somebody wants the rollups of a range computed anew: at most three days, minutes that hold anything.
CREATE FUNCTION telemetry.rebuild_rollups(from_at timestamptz, until_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
DECLARE asked integer;
BEGIN
  IF until_at <= from_at OR until_at > from_at + interval '3 days' THEN
    RAISE EXCEPTION 'a range of at most three days is rebuilt at a time' USING ERRCODE = '22023';
  END IF;
  INSERT INTO rollup_due AS d (minute)
    SELECT m FROM generate_series(date_trunc('minute', from_at, 'UTC'), until_at, interval '1 minute') AS m
    WHERE m < until_at ORDER BY m
    ON CONFLICT (minute) DO UPDATE SET since = clock_timestamp(), rebuilt = false;
  GET DIAGNOSTICS asked = ROW_COUNT;
  RETURN asked;
END $$;
REVOKE ALL ON FUNCTION telemetry.rebuild_rollups(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.rebuild_rollups(timestamptz, timestamptz) TO quayside_app, quayside_ingest;

-- Whoever takes the open minutes of a worker away raises the fence: a batch of the worker that relies on them fails.
CREATE SEQUENCE telemetry.batch_fence;
GRANT USAGE ON SEQUENCE telemetry.batch_fence TO quayside_ingest;
ALTER TABLE telemetry.batch ADD COLUMN fence bigint NOT NULL DEFAULT nextval('telemetry.batch_fence');
DROP FUNCTION telemetry.claim_batch(uuid, bigint);
-- First statement of a batch's transaction. Its row lock also makes a retry wait for a connection that is thought dead
-- but is not. Returns the transaction's id and the fence, "xid:fence".
CREATE FUNCTION telemetry.claim_batch(worker uuid, batch_sequence bigint, known_fence bigint) RETURNS text
LANGUAGE plpgsql SET search_path = telemetry, pg_temp AS $$
DECLARE found_fence bigint;
BEGIN
  INSERT INTO batch AS b (worker_id, sequence, committed_at) VALUES (worker, batch_sequence, now())
  ON CONFLICT (worker_id) DO UPDATE SET sequence = EXCLUDED.sequence, committed_at = now()
    WHERE b.sequence < EXCLUDED.sequence
  RETURNING b.fence INTO found_fence;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'batch % of worker % is committed already', batch_sequence, worker USING ERRCODE = 'QS001';
  END IF;
  IF known_fence <> found_fence THEN
    RAISE EXCEPTION 'the open minutes of worker % were taken over', worker USING ERRCODE = 'QS003';
  END IF;
  RETURN pg_current_xact_id()::text || ':' || found_fence;
END $$;
REVOKE ALL ON FUNCTION telemetry.claim_batch(uuid, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.claim_batch(uuid, bigint, bigint) TO quayside_ingest;

-- A minute of all devices is found without reading the day.
CREATE INDEX reading_ts ON telemetry.reading USING brin (ts) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX rollup_minute_bucket ON telemetry.rollup_minute USING brin (bucket) WITH (pages_per_range = 32, autosummarize = on);

-- Daily partitions of readings, messages and minutes, monthly ones of hours, from first_day on; returns how many had to
-- be created. A row of an hour is changed up to sixty times, and finds room beside itself.
CREATE OR REPLACE FUNCTION telemetry.ensure_partitions(first_day date, days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
DECLARE
  parent text;
  partition text;
  day date;
  created integer := 0;
BEGIN
  IF days > 400 THEN RAISE EXCEPTION 'at most 400 days at a time'; END IF;
  PERFORM pg_advisory_xact_lock(7294816302);
  FOREACH parent IN ARRAY ARRAY['reading', 'device_message', 'rollup_minute'] LOOP
    FOR day IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
      partition := parent || '_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass(partition) IS NOT NULL;
      EXECUTE format('CREATE TABLE telemetry.%I PARTITION OF telemetry.%I FOR VALUES FROM (%L) TO (%L)',
        partition, parent, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
      created := created + 1;
    END LOOP;
  END LOOP;
  FOR day IN SELECT DISTINCT date_trunc('month', (first_day + n)::timestamp)::date FROM generate_series(0, days - 1) AS n LOOP
    partition := 'rollup_hour_' || to_char(day, 'YYYYMM');
    CONTINUE WHEN to_regclass(partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE telemetry.%I PARTITION OF telemetry.rollup_hour FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 70)',
      partition, day::timestamp AT TIME ZONE 'UTC', (day::timestamp + interval '1 month') AT TIME ZONE 'UTC');
    created := created + 1;
  END LOOP;
  RETURN created;
END $$;
-- How many of the coming days have their partitions already.
CREATE OR REPLACE FUNCTION telemetry.partitions_ahead() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  SELECT count(*)::integer FROM generate_series(1, 30) AS n,
    LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date + n AS date) AS d,
    LATERAL (SELECT to_char(d.date, 'YYYYMMDD') AS day) AS t
  WHERE to_regclass('reading_' || day) IS NOT NULL AND to_regclass('device_message_' || day) IS NOT NULL
    AND to_regclass('rollup_minute_' || day) IS NOT NULL
    AND to_regclass('rollup_hour_' || to_char(d.date, 'YYYYMM')) IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION telemetry.partitions_ahead() TO quayside_app;

-- What is known of a day of readings that is over: whether its rows lie together by device.
CREATE TABLE telemetry.partition_state (
  partition    text PRIMARY KEY,
  looked_at    timestamptz NOT NULL,
  changes      bigint      NOT NULL,
  clustered_at timestamptz,
  outcome      text        NOT NULL DEFAULT ''
);
COMMENT ON COLUMN telemetry.partition_state.changes IS 'rows ever inserted and deleted, as the statistics count them, when it was looked at';
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.partition_state TO quayside_ingest;
GRANT SELECT ON telemetry.partition_state TO quayside_app;

-- Puts the rows of a day that is over in the order of devices and times. Locks that day for as long.
CREATE FUNCTION telemetry.cluster_partition(partition text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
BEGIN
  IF partition !~ '^reading_\d{8}$' OR to_regclass(partition) IS NULL
    OR to_date(right(partition, 8), 'YYYYMMDD') > (now() AT TIME ZONE 'UTC')::date - 2 THEN
    RAISE EXCEPTION '% is no day of readings that is over', partition USING ERRCODE = '22023';
  END IF;
  EXECUTE format('CLUSTER telemetry.%I USING %I', partition, partition || '_pkey');
END $$;
CREATE FUNCTION telemetry.analyze_partition(partition text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
BEGIN
  IF partition !~ '^reading_\d{8}$' THEN
    RAISE EXCEPTION '% is no day of readings', partition USING ERRCODE = '22023';
  END IF;
  EXECUTE format('ANALYZE telemetry.%I', partition);
END $$;
REVOKE ALL ON FUNCTION telemetry.cluster_partition(text), telemetry.analyze_partition(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.cluster_partition(text), telemetry.analyze_partition(text) TO quayside_ingest;

-- What each store weighed on a day, as it was measured last on that day.
CREATE TABLE telemetry.store_sample (
  day   date   NOT NULL,
  store text   NOT NULL,
  bytes bigint NOT NULL,
  rows  bigint NOT NULL,
  PRIMARY KEY (day, store)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.store_sample TO quayside_ingest;
GRANT SELECT ON telemetry.store_sample TO quayside_app;

-- What waits, for the page of stores: no more than counts and times.
CREATE FUNCTION telemetry.rollup_state()
RETURNS TABLE (open_minutes bigint, due_minutes bigint, oldest_open timestamptz, oldest_due timestamptz, holders bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  SELECT (SELECT count(DISTINCT minute) FROM rollup_open), (SELECT count(*) FROM rollup_due),
    (SELECT min(opened_at) FROM rollup_open), (SELECT min(since) FROM rollup_due),
    (SELECT count(DISTINCT worker_id) FROM rollup_open)
$$;
REVOKE ALL ON FUNCTION telemetry.rollup_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.rollup_state() TO quayside_app, quayside_ingest;

-- Rollups of a device go with its readings.
CREATE OR REPLACE FUNCTION telemetry.erase_some(device bigint, most integer)
RETURNS TABLE (readings bigint, messages bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.device_erasure e WHERE e.device_key = device AND e.finished_at IS NULL) THEN
    RAISE EXCEPTION 'the erasure of device % was not asked for', device USING ERRCODE = 'QS002';
  END IF;
  DELETE FROM reading r USING (
    SELECT o.ts, o.message_key FROM reading o WHERE o.device_key = device LIMIT most) AS old
  WHERE r.device_key = device AND r.ts = old.ts AND r.message_key = old.message_key;
  GET DIAGNOSTICS readings = ROW_COUNT;
  DELETE FROM device_message m USING (
    SELECT o.received_at, o.message_key FROM device_message o WHERE o.device_key = device LIMIT most) AS old
  WHERE m.device_key = device AND m.received_at = old.received_at AND m.message_key = old.message_key;
  GET DIAGNOSTICS messages = ROW_COUNT;
  DELETE FROM latest l WHERE l.device_key = device;
  DELETE FROM rollup_minute r WHERE r.device_key = device;
  DELETE FROM rollup_hour r WHERE r.device_key = device;
  RETURN NEXT;
END $$;

-- What was stored before is rolled up by a worker.
INSERT INTO telemetry.rollup_due (minute) SELECT DISTINCT date_trunc('minute', ts, 'UTC') FROM telemetry.reading;
