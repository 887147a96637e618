-- Indexes of the fleet table, and the search in names, ids and serial numbers.

-- Lists come in the order of names. A list that is narrowed by presence or by a tag does so by an index of its own,
-- so that a page costs the same however many devices match.
DROP INDEX "device_tenant_id_name_id_idx";
DROP INDEX "device_tenant_id_profile_id_name_id_idx";
DROP INDEX "device_presence_tenant_id_presence_device_key_idx";
CREATE INDEX "device_tenant_id_name_key_idx" ON "device"("tenant_id", "name", "key");
CREATE INDEX "device_tenant_id_profile_id_name_key_idx" ON "device"("tenant_id", "profile_id", "name", "key");
ALTER TABLE "device_presence" ADD COLUMN "name" TEXT NOT NULL DEFAULT '';
ALTER TABLE "device_tag" ADD COLUMN "name" TEXT NOT NULL DEFAULT '';
-- The forced policies bind an owner that is no superuser.
ALTER TABLE device NO FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence NO FORCE ROW LEVEL SECURITY;
ALTER TABLE device_tag NO FORCE ROW LEVEL SECURITY;
UPDATE device_presence p SET name = d.name FROM device d WHERE d.tenant_id = p.tenant_id AND d.key = p.device_key;
UPDATE device_tag t SET name = d.name FROM device d WHERE d.tenant_id = t.tenant_id AND d.key = t.device_key;
ALTER TABLE device FORCE ROW LEVEL SECURITY;
ALTER TABLE device_presence FORCE ROW LEVEL SECURITY;
ALTER TABLE device_tag FORCE ROW LEVEL SECURITY;
CREATE INDEX "device_presence_tenant_id_presence_name_device_key_idx" ON "device_presence"("tenant_id", "presence", "name", "device_key");
CREATE INDEX "device_tag_tenant_id_tag_name_device_key_idx" ON "device_tag"("tenant_id", "tag", "name", "device_key");
GRANT UPDATE ON device_tag TO quayside_app;
-- The triggers below run as whoever changes a device, the worker among them.
GRANT INSERT, UPDATE, DELETE ON device_tag TO quayside_ingest;

-- Those longest not heard first; a device's row changes only when its presence is judged.
CREATE INDEX "device_presence_tenant_id_contact_at_device_key_idx" ON device_presence (tenant_id, contact_at, device_key);
CREATE INDEX "device_status_tenant_id_firmware_device_key_idx" ON device_status (tenant_id, firmware, device_key);

-- What devices are found by. Row-level security would keep a trigram index from being used, so the texts stand in a
-- table of their own that only the function below reads, for the tenant of the transaction.
CREATE TABLE telemetry.device_text (
  device_key bigint PRIMARY KEY,
  tenant_id  uuid NOT NULL,
  words      text NOT NULL
);

-- Both extensions come with PostgreSQL, and whoever may create in a database may create them. Where that is not
-- allowed the search reads all texts of a tenant instead: right, but slow for a large fleet.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE EXTENSION IF NOT EXISTS btree_gin;
  CREATE INDEX device_text_words ON telemetry.device_text USING gin (tenant_id, words gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE NOTICE 'without pg_trgm and btree_gin the search for text in a large fleet is slow: %', SQLERRM;
  CREATE INDEX device_text_tenant ON telemetry.device_text (tenant_id);
END $$;

CREATE FUNCTION telemetry.device_text_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO device_text (device_key, tenant_id, words)
      SELECT n.key, n.tenant_id, concat_ws(E'\n', n.name, n.device_id, n.serial) FROM written n;
    RETURN NULL;
  END IF;
  -- EXCEPT, not a join: the plan of a function is kept, and one made for a single row joins many row by row.
  INSERT INTO device_text AS t (device_key, tenant_id, words)
    SELECT n.key, n.tenant_id, concat_ws(E'\n', n.name, n.device_id, n.serial) FROM written n
    EXCEPT SELECT o.key, o.tenant_id, concat_ws(E'\n', o.name, o.device_id, o.serial) FROM replaced o
    ON CONFLICT (device_key) DO UPDATE SET tenant_id = EXCLUDED.tenant_id, words = EXCLUDED.words;
  RETURN NULL;
END $$;
CREATE FUNCTION telemetry.device_text_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = telemetry, public, pg_temp AS $$
BEGIN
  DELETE FROM device_text t USING replaced o WHERE t.device_key = o.key;
  RETURN NULL;
END $$;
CREATE TRIGGER device_text_inserted AFTER INSERT ON device REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION telemetry.device_text_written();
CREATE TRIGGER device_text_updated AFTER UPDATE ON device REFERENCING NEW TABLE AS written OLD TABLE AS replaced
  FOR EACH STATEMENT EXECUTE FUNCTION telemetry.device_text_written();
CREATE TRIGGER device_text_deleted AFTER DELETE ON device REFERENCING OLD TABLE AS replaced
  FOR EACH STATEMENT EXECUTE FUNCTION telemetry.device_text_removed();

-- Keys of devices of the tenant in whose texts a pattern (of ILIKE) occurs, at most so many.
CREATE FUNCTION telemetry.find_device_text(pattern text, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT t.device_key FROM device_text t WHERE t.tenant_id = $1 AND t.words ILIKE $2 LIMIT $3'
    USING app_tenant(), pattern, most;
END $$;
REVOKE ALL ON FUNCTION telemetry.device_text_written(), telemetry.device_text_removed(),
  telemetry.find_device_text(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.find_device_text(text, integer) TO quayside_app;

-- Devices that were there before. The forced policies bind an owner that is no superuser.
ALTER TABLE device NO FORCE ROW LEVEL SECURITY;
INSERT INTO telemetry.device_text (device_key, tenant_id, words)
  SELECT d.key, d.tenant_id, concat_ws(E'\n', d.name, d.device_id, d.serial) FROM device d;
ALTER TABLE device FORCE ROW LEVEL SECURITY;

-- As before, with the name.
CREATE OR REPLACE FUNCTION device_inserted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO device_presence (tenant_id, device_key, name, presence, since, judged_at)
    SELECT n.tenant_id, n.key, n.name, CASE WHEN n.state = 'active' THEN 'never_seen' ELSE n.state::text END,
      n.created_at, now()
    FROM inserted n ON CONFLICT DO NOTHING;
  INSERT INTO device_presence_event (tenant_id, device_key, at, presence)
    SELECT n.tenant_id, n.key, n.created_at, CASE WHEN n.state = 'active' THEN 'never_seen' ELSE n.state::text END
    FROM inserted n ON CONFLICT DO NOTHING;
  INSERT INTO device_tag (tenant_id, tag, device_key, name)
    SELECT DISTINCT n.tenant_id, t.tag, n.key, n.name FROM inserted n CROSS JOIN LATERAL unnest(n.tags) AS t(tag)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- As before, with the name, and for many devices at once too: what changed is found by EXCEPT. A join of the rows
-- before and after takes the square of their number wherever its plan was made for few.
CREATE OR REPLACE FUNCTION device_updated() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  WITH changed AS MATERIALIZED (
    SELECT n.tenant_id, n.key, n.name FROM after_update n
    EXCEPT SELECT o.tenant_id, o.key, o.name FROM before_update o),
  listed AS (
    UPDATE device_presence p SET name = c.name FROM changed c
      WHERE p.tenant_id = c.tenant_id AND p.device_key = c.key)
  UPDATE device_tag t SET name = c.name FROM changed c
    WHERE t.tenant_id = c.tenant_id AND t.device_key = c.key;

  WITH changed AS MATERIALIZED (
    SELECT n.tenant_id, n.key, n.name, n.tags FROM after_update n
    EXCEPT SELECT o.tenant_id, o.key, o.name, o.tags FROM before_update o),
  removed AS (
    DELETE FROM device_tag t USING changed c
      WHERE t.tenant_id = c.tenant_id AND t.device_key = c.key AND NOT t.tag = ANY (c.tags))
  INSERT INTO device_tag (tenant_id, tag, device_key, name)
    SELECT DISTINCT c.tenant_id, t.tag, c.key, c.name FROM changed c CROSS JOIN LATERAL unnest(c.tags) AS t(tag)
    ON CONFLICT DO NOTHING;

  WITH other AS MATERIALIZED (
    SELECT n.tenant_id, n.key, n.state, n.profile_id, n.gateway_id FROM after_update n
    EXCEPT SELECT o.tenant_id, o.key, o.state, o.profile_id, o.gateway_id FROM before_update o),
  changed AS (
    UPDATE device_presence p SET due_at = now(),
        presence = CASE WHEN n.state = 'active' THEN p.presence ELSE n.state::text END,
        cause = CASE WHEN n.state = 'active' THEN p.cause ELSE 'state' END,
        since = CASE WHEN n.state = 'active' OR p.presence = n.state::text THEN p.since ELSE now() END
      FROM other n JOIN device_presence q ON q.tenant_id = n.tenant_id AND q.device_key = n.key
      WHERE p.tenant_id = n.tenant_id AND p.device_key = n.key
      RETURNING p.tenant_id, p.device_key, p.presence, p.cause, q.presence AS previous)
  INSERT INTO device_presence_event (tenant_id, device_key, at, presence, cause, previous)
    SELECT c.tenant_id, c.device_key, now(), c.presence, c.cause, c.previous FROM changed c
    WHERE c.presence <> c.previous
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
