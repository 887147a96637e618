-- Presence as a worker keeps it: the newest sign of life of each device by the database's clock, hints of what
-- may have changed, and the state of the engine.

ALTER TABLE "device_status" ADD COLUMN "contact_at" TIMESTAMPTZ(3);
-- The forced policies bind an owner that is no superuser.
ALTER TABLE device_status NO FORCE ROW LEVEL SECURITY;
UPDATE device_status SET contact_at = GREATEST(last_message_at, connected_at);
ALTER TABLE device_status FORCE ROW LEVEL SECURITY;

-- Devices to judge at once. Rows are only added and taken away, so that those who write status never wait for
-- the one who judges, nor for each other.
CREATE TABLE telemetry.presence_hint (
  tenant_id  uuid   NOT NULL,
  device_key bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
-- Profiles of which all devices must be judged again: their expected contact changed.
CREATE TABLE telemetry.presence_profile (
  tenant_id  uuid NOT NULL,
  profile_id uuid NOT NULL
);
-- One row: who judges, when it last looked, the newest time in which nobody did (or in which the clock jumped), and
-- the last day of which the sums are written.
CREATE TABLE telemetry.presence_engine (
  single      boolean PRIMARY KEY DEFAULT true CHECK (single),
  holder      uuid,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  looked_at   timestamptz,
  pause_from  timestamptz,
  pause_until timestamptz,
  jumped_back boolean,
  day_done    date
);
INSERT INTO telemetry.presence_engine DEFAULT VALUES;
GRANT SELECT, INSERT, UPDATE, DELETE ON telemetry.presence_hint, telemetry.presence_profile TO quayside_ingest;
GRANT SELECT, UPDATE ON telemetry.presence_engine TO quayside_ingest;

-- The application writes no table of this schema itself. A hint does no more than have a device judged.
CREATE FUNCTION telemetry.hint_presence(tenant uuid, keys bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  INSERT INTO presence_hint (tenant_id, device_key) SELECT tenant, k FROM unnest(keys) k;
$$;
REVOKE ALL ON FUNCTION telemetry.hint_presence(uuid, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.hint_presence(uuid, bigint[]) TO quayside_app, quayside_ingest;

-- What a device could show changed: one that is overdue may be stranded now, or not any more.
CREATE FUNCTION presence_credential_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM telemetry.hint_presence(d.tenant_id, array_agg(DISTINCT d.key)) FROM changed c
    JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
    JOIN device_presence p ON p.tenant_id = d.tenant_id AND p.device_key = d.key
    WHERE p.presence IN ('late', 'silent', 'stranded')
    GROUP BY d.tenant_id;
  RETURN NULL;
END $$;
CREATE TRIGGER presence_certificate_added AFTER INSERT ON certificate REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION presence_credential_changed();
CREATE TRIGGER presence_certificate_changed AFTER UPDATE ON certificate REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION presence_credential_changed();
CREATE TRIGGER presence_credential_added AFTER INSERT ON device_credential REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION presence_credential_changed();
CREATE TRIGGER presence_credential_changed AFTER UPDATE ON device_credential REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION presence_credential_changed();

CREATE FUNCTION presence_profile_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO telemetry.presence_profile (tenant_id, profile_id) VALUES (NEW.tenant_id, NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER presence_profile_changed AFTER UPDATE ON profile FOR EACH ROW
  WHEN (NEW.expected_contact_seconds <> OLD.expected_contact_seconds OR NEW.connectivity <> OLD.connectivity
    OR NEW.certificate_policy <> OLD.certificate_policy)
  EXECUTE FUNCTION presence_profile_changed();

-- The judge looks for these, and keeps the tables narrow: rows change in place where they can.
ALTER TABLE device_presence SET (fillfactor = 85);
ALTER TABLE device_status SET (fillfactor = 85);
