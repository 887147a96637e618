-- Devices whose certificate has ended are listed in the order of names: the name stands beside the end, as it does
-- beside presence and tags. Without it all of them were looked up to sort a hundred.

DROP INDEX "device_certificate_end_tenant_id_not_after_device_id_idx";
ALTER TABLE "device_certificate_end" ADD COLUMN "device_key" BIGINT, ADD COLUMN "name" TEXT NOT NULL DEFAULT '';
-- The forced policies bind an owner that is no superuser.
ALTER TABLE device NO FORCE ROW LEVEL SECURITY;
UPDATE device_certificate_end e SET device_key = d.key, name = d.name
  FROM device d WHERE d.tenant_id = e.tenant_id AND d.id = e.device_id;
ALTER TABLE device FORCE ROW LEVEL SECURITY;
-- Of devices that are gone.
DELETE FROM device_certificate_end WHERE device_key IS NULL;
ALTER TABLE "device_certificate_end" ALTER COLUMN "device_key" SET NOT NULL;
CREATE INDEX "device_certificate_end_tenant_id_not_after_name_device_key_idx"
  ON "device_certificate_end"("tenant_id", "not_after", "name", "device_key");

-- As before, with key and name. The owner sees the devices of the transaction's tenant only, and the worker's
-- transactions have none: for this look-up it is the tenant of the certificate. The device is locked against a new
-- name, which otherwise would not reach a row that is not committed yet. A plan that was made while the table was empty
-- goes by any index that begins with the tenant: for each certificate of a batch it would read all that came before.
CREATE FUNCTION add_certificate_end(tenant uuid, device uuid, ends timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  within text := current_setting('app.tenant', true);
  added boolean;
BEGIN
  IF EXISTS (SELECT FROM device_certificate_end e WHERE e.tenant_id = tenant AND e.device_id = device) THEN
    RETURN false;
  END IF;
  PERFORM set_config('app.tenant', tenant::text, true);
  INSERT INTO device_certificate_end (tenant_id, device_id, device_key, name, not_after)
    SELECT d.tenant_id, d.id, d.key, d.name, ends FROM device d
      WHERE d.tenant_id = tenant AND d.id = device FOR SHARE
    ON CONFLICT DO NOTHING;
  added := FOUND;
  PERFORM set_config('app.tenant', coalesce(within, ''), true);
  RETURN added;
END $$;

CREATE OR REPLACE FUNCTION certificate_end_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND NOT (certificate_is_usable(NEW.state)
      AND NEW.tenant_id = OLD.tenant_id AND NEW.device_id = OLD.device_id)) THEN
    PERFORM keep_certificate_end(OLD.tenant_id, OLD.device_id);
  END IF;
  -- A device without a row has no other certificate that could be used.
  IF TG_OP <> 'DELETE' AND certificate_is_usable(NEW.state)
      AND NOT add_certificate_end(NEW.tenant_id, NEW.device_id, NEW.not_after) THEN
    PERFORM keep_certificate_end(NEW.tenant_id, NEW.device_id);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION add_certificate_end(uuid, uuid, timestamptz) FROM PUBLIC;

ALTER FUNCTION keep_certificate_end(uuid, uuid) SET plan_cache_mode = force_custom_plan;

CREATE FUNCTION certificate_end_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE device_certificate_end SET name = NEW.name WHERE tenant_id = NEW.tenant_id AND device_id = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION certificate_end_renamed() FROM PUBLIC;
CREATE TRIGGER certificate_end_renamed AFTER UPDATE OF name ON device FOR EACH ROW WHEN (NEW.name <> OLD.name)
  EXECUTE FUNCTION certificate_end_renamed();
ANALYZE device_certificate_end;
