-- What devices send besides readings: states, descriptions, events and logs, as they came.
-- No tenant_id: the key is the device's, and the application reads through the view below only.
CREATE TABLE telemetry.device_message (
  device_key   bigint      NOT NULL,
  received_at  timestamptz NOT NULL,
  ts           timestamptz NOT NULL,
  message_key  bigint      NOT NULL,
  channel      text        NOT NULL,
  content_type text,
  payload      bytea       NOT NULL CHECK (octet_length(payload) <= 262144),
  PRIMARY KEY (device_key, received_at, message_key)
) PARTITION BY RANGE (received_at);
COMMENT ON COLUMN telemetry.device_message.channel IS 'state, description, log, or event/ and the name of the event';

-- What no daily partition takes (a worker whose clock is wrong) lands here and is never lost.
CREATE TABLE telemetry.device_message_default PARTITION OF telemetry.device_message DEFAULT;
GRANT SELECT, INSERT ON telemetry.device_message TO quayside_ingest;

CREATE VIEW telemetry.visible_device_message WITH (security_barrier) AS
  SELECT m.* FROM telemetry.device_message m JOIN public.device d ON d.key = m.device_key
  WHERE d.tenant_id = public.app_tenant();
GRANT SELECT ON telemetry.visible_device_message TO quayside_app;

-- Daily partitions of readings and device messages from first_day on, returns how many had to be created.
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
  FOREACH parent IN ARRAY ARRAY['reading', 'device_message'] LOOP
    FOR day IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
      partition := parent || '_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass(partition) IS NOT NULL;
      EXECUTE format('CREATE TABLE telemetry.%I PARTITION OF telemetry.%I FOR VALUES FROM (%L) TO (%L)',
        partition, parent, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
      created := created + 1;
    END LOOP;
  END LOOP;
  RETURN created;
END $$;
-- How many of the coming days have their partitions already.
CREATE OR REPLACE FUNCTION telemetry.partitions_ahead() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  SELECT count(*)::integer FROM generate_series(1, 30) AS n,
    LATERAL (SELECT to_char((now() AT TIME ZONE 'UTC')::date + n, 'YYYYMMDD') AS day) AS d
  WHERE to_regclass('reading_' || day) IS NOT NULL AND to_regclass('device_message_' || day) IS NOT NULL
$$;
