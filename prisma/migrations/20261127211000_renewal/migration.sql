-- Renewal of device certificates: what the server itself says to devices, and indexes for the jobs.

-- SELECT sessions FROM mqtt_send_to_devices($1::json) ORDER BY ordinal
--   messages: [{"device":key,"topic":text,"payload":base64,"received_at":epoch ms,"expires_at":epoch ms or null}]
--   Queues messages of the server, QoS 1 at most, for the sessions of devices of the transaction's tenant that
--   subscribe to their topics: sessions that are away get them when they come, connected ones are told at once by the
--   worker that has them. One row for each message, ordinal from 0: to how many sessions it goes. Runs as the owner,
--   for the services, which may not write to queues; audited by the service that calls.
CREATE FUNCTION mqtt_send_to_devices(messages json) RETURNS TABLE (ordinal integer, sessions integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  console CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  publications json;
  targets json;
BEGIN
  SELECT json_agg(json_build_object('tenant', app_tenant(), 'topic', m.topic, 'payload', m.payload, 'forwarded', '',
      'received_at', m.received_at, 'expires_at', m.expires_at) ORDER BY m.n)
  INTO publications
  FROM ROWS FROM (json_to_recordset(messages) AS (device bigint, topic text, payload text, received_at double precision,
    expires_at double precision)) WITH ORDINALITY AS m(device, topic, payload, received_at, expires_at, n);

  SELECT json_agg(json_build_object('session', t.session, 'publication', t.publication, 'qos', t.qos, 'retain', false,
      'identifiers', t.identifiers) ORDER BY t.publication, t.session)
  INTO targets
  FROM (SELECT s.id AS session, m.n::integer - 1 AS publication, least(max(u.qos), 1) AS qos,
      coalesce(json_agg(DISTINCT u.identifier) FILTER (WHERE u.identifier IS NOT NULL), '[]') AS identifiers
    FROM ROWS FROM (json_to_recordset(messages) AS (device bigint, topic text)) WITH ORDINALITY AS m(device, topic, n)
    JOIN mqtt_session s ON s.tenant_id = app_tenant() AND s.device_key = m.device AND s.ended_at IS NULL
    JOIN mqtt_subscription u ON u.session_id = s.id
      AND mqtt_selects(string_to_array(regexp_replace(u.filter, '^\$share/[^/]+/', ''), '/'), m.topic)
    GROUP BY s.id, m.n) t;

  RETURN QUERY
    WITH queued AS MATERIALIZED (
      SELECT (targets -> e.ordinal ->> 'publication')::integer AS publication
      FROM mqtt_enqueue(console, publications, coalesce(targets, '[]')) e WHERE e.seq IS NOT NULL)
    SELECT p.n::integer - 1, (SELECT count(*) FROM queued q WHERE q.publication = p.n - 1)::integer
    FROM json_array_elements(messages) WITH ORDINALITY AS p(value, n);
END $$;
REVOKE ALL ON FUNCTION mqtt_send_to_devices(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mqtt_send_to_devices(json) TO quayside_app, quayside_ingest;
-- By the same owner, which row-level security lets see and write rows of the transaction's tenant only.
GRANT EXECUTE ON FUNCTION mqtt_selects(text[], text) TO quayside_app;

-- What the jobs look for, each a handful of rows in a registry of many.
CREATE INDEX certificate_without_due ON certificate (tenant_id, device_id)
  WHERE renewal_due_at IS NULL AND state IN ('issued', 'active', 'superseded');
CREATE INDEX certificate_due ON certificate (renewal_due_at)
  WHERE renewal_due_at IS NOT NULL AND state IN ('issued', 'active', 'superseded');
CREATE INDEX certificate_to_retire ON certificate (retire_at) WHERE state = 'superseded';
CREATE INDEX certificate_unused ON certificate (issued_at) WHERE state = 'issued';
