-- Sessions of one device or service client are bounded: whoever has its credential could otherwise make one for
-- each client id and connection, and each worker holds the routes of all. Beyond the limit (device.sessions of the
-- table of limits in server/domain/listener-limits.ts, which has the same default) those end whose clients are away
-- longest; a session with a connection never does. Each that ends is recorded among the refusals.

CREATE INDEX mqtt_session_of_service_client ON mqtt_session (tenant_id, service_client_id)
  WHERE service_client_id IS NOT NULL;

CREATE FUNCTION mqtt_bound_sessions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  most bigint := coalesce((SELECT value FROM listener_limit
    WHERE tenant_id = NEW.tenant_id AND scope = 'device' AND name = 'sessions'), 100);
  beyond bigint := (SELECT count(*) FROM mqtt_session WHERE tenant_id = NEW.tenant_id AND ended_at IS NULL
    AND (device_key = NEW.device_key OR service_client_id = NEW.service_client_id)) - most;
  victim mqtt_session;
BEGIN
  IF beyond <= 0 THEN RETURN NULL; END IF;
  FOR victim IN SELECT * FROM mqtt_session WHERE tenant_id = NEW.tenant_id AND ended_at IS NULL AND worker_id IS NULL
    AND (device_key = NEW.device_key OR service_client_id = NEW.service_client_id)
    ORDER BY disconnected_at, id LIMIT beyond FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    PERFORM mqtt_finish_session(NEW.worker_id, victim.id);
    -- Its client will find no session, and nobody else would say why.
    INSERT INTO refused_connection AS r (tenant_id, claimed_id, device_key, reason, detail, remedy, remote, transport,
      sha256, count, first_at, last_at)
    -- Under its owner's name: client ids of service clients are as many as they like.
    VALUES (NEW.tenant_id, coalesce(
        (SELECT d.device_id FROM device d WHERE d.tenant_id = NEW.tenant_id AND d.key = NEW.device_key),
        (SELECT c.username FROM service_client c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.service_client_id), ''), NEW.device_key, 'quota',
      format('The session of the client id %s was ended to make room for that of %s: at most %s sessions of one device or service client are kept.',
        victim.client_id, NEW.client_id, most),
      'Let the client connect with the same client id each time, or raise the limit of kept sessions.',
      NEW.remote, '', '', 1, now(), now())
    ON CONFLICT (tenant_id, claimed_id, reason, sha256, remote) DO UPDATE SET count = r.count + 1,
      last_at = greatest(r.last_at, EXCLUDED.last_at), detail = EXCLUDED.detail, remedy = EXCLUDED.remedy;
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER mqtt_bound_sessions AFTER INSERT ON mqtt_session
  FOR EACH ROW WHEN (NEW.worker_id IS NOT NULL) EXECUTE FUNCTION mqtt_bound_sessions();

REVOKE ALL ON FUNCTION mqtt_bound_sessions() FROM PUBLIC;
