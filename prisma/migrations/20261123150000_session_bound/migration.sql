-- Sessions of one device or service client are bounded: whoever has its credential could otherwise make one for
-- each client id and connection, and each worker holds the routes of all. Beyond the limit (device.sessions of the
-- table of limits in server/domain/listener-limits.ts, which has the same default) those end whose clients are away
-- longest; a session with a connection never does.

CREATE INDEX mqtt_session_of_service_client ON mqtt_session (tenant_id, service_client_id)
  WHERE service_client_id IS NOT NULL;

CREATE FUNCTION mqtt_bound_sessions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  most bigint := coalesce((SELECT value FROM listener_limit
    WHERE tenant_id = NEW.tenant_id AND scope = 'device' AND name = 'sessions'), 100);
  beyond bigint := (SELECT count(*) FROM mqtt_session WHERE tenant_id = NEW.tenant_id AND ended_at IS NULL
    AND (device_key = NEW.device_key OR service_client_id = NEW.service_client_id)) - most;
  victim bigint;
BEGIN
  IF beyond <= 0 THEN RETURN NULL; END IF;
  FOR victim IN SELECT id FROM mqtt_session WHERE tenant_id = NEW.tenant_id AND ended_at IS NULL AND worker_id IS NULL
    AND (device_key = NEW.device_key OR service_client_id = NEW.service_client_id)
    ORDER BY disconnected_at, id LIMIT beyond FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    PERFORM mqtt_finish_session(NEW.worker_id, victim);
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER mqtt_bound_sessions AFTER INSERT ON mqtt_session
  FOR EACH ROW WHEN (NEW.worker_id IS NOT NULL) EXECUTE FUNCTION mqtt_bound_sessions();

REVOKE ALL ON FUNCTION mqtt_bound_sessions() FROM PUBLIC;
