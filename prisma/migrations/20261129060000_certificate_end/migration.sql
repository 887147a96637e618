-- The end of each device's current certificate, kept by triggers: lists narrowed by it, facets and the weeks in which
-- certificates run out read one row for a device instead of all its certificates.

-- CreateTable
CREATE TABLE "device_certificate_end" (
    "tenant_id" UUID NOT NULL,
    "device_id" UUID NOT NULL,
    "not_after" TIMESTAMPTZ(3),

    CONSTRAINT "device_certificate_end_pkey" PRIMARY KEY ("tenant_id","device_id")
);

-- CreateIndex
CREATE INDEX "device_certificate_end_tenant_id_not_after_device_id_idx" ON "device_certificate_end"("tenant_id", "not_after", "device_id");

-- The end of the certificate that counts: the one in use, else one that waits for its first use, else one in its overlap.
CREATE FUNCTION current_not_after(tenant uuid, device uuid) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT COALESCE(max(c.not_after) FILTER (WHERE c.state = 'active'), max(c.not_after) FILTER (WHERE c.state = 'issued'),
      max(c.not_after) FILTER (WHERE c.state = 'superseded'))
    FROM certificate c WHERE c.tenant_id = tenant AND c.device_id = device;
$$;

-- Of two transactions that change certificates of one device the second waits for the first, and then reads what it
-- wrote: the look-up is a statement of its own.
CREATE FUNCTION keep_certificate_end(tenant uuid, device uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM device_certificate_end e WHERE e.tenant_id = tenant AND e.device_id = device FOR UPDATE;
  UPDATE device_certificate_end e SET not_after = current_not_after(tenant, device)
    WHERE e.tenant_id = tenant AND e.device_id = device;
END $$;

CREATE FUNCTION certificate_is_usable(state "CertificateState") RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT state IN ('active', 'issued', 'superseded') $$;

-- Whoever changes a certificate writes no row here himself. What could not be used, before or after, changes nothing.
CREATE FUNCTION certificate_end_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND NOT (certificate_is_usable(NEW.state)
      AND NEW.tenant_id = OLD.tenant_id AND NEW.device_id = OLD.device_id)) THEN
    PERFORM keep_certificate_end(OLD.tenant_id, OLD.device_id);
  END IF;
  IF TG_OP <> 'DELETE' AND certificate_is_usable(NEW.state) THEN
    -- A device without a row has no other certificate that could be used.
    INSERT INTO device_certificate_end (tenant_id, device_id, not_after)
      VALUES (NEW.tenant_id, NEW.device_id, NEW.not_after) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN PERFORM keep_certificate_end(NEW.tenant_id, NEW.device_id); END IF;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION certificate_end_changed() FROM PUBLIC;
CREATE TRIGGER certificate_end_added AFTER INSERT ON certificate FOR EACH ROW WHEN (certificate_is_usable(NEW.state))
  EXECUTE FUNCTION certificate_end_changed();
CREATE TRIGGER certificate_end_removed AFTER DELETE ON certificate FOR EACH ROW WHEN (certificate_is_usable(OLD.state))
  EXECUTE FUNCTION certificate_end_changed();
CREATE TRIGGER certificate_end_changed AFTER UPDATE ON certificate FOR EACH ROW
  WHEN ((certificate_is_usable(OLD.state) OR certificate_is_usable(NEW.state)) AND (NEW.state <> OLD.state OR NEW.not_after <> OLD.not_after
    OR NEW.device_id <> OLD.device_id OR NEW.tenant_id <> OLD.tenant_id))
  EXECUTE FUNCTION certificate_end_changed();

-- Certificates that were there before. The forced policies bind an owner that is no superuser.
ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY;
INSERT INTO device_certificate_end (tenant_id, device_id, not_after)
  SELECT c.tenant_id, c.device_id, COALESCE(max(c.not_after) FILTER (WHERE c.state = 'active'),
      max(c.not_after) FILTER (WHERE c.state = 'issued'), max(c.not_after) FILTER (WHERE c.state = 'superseded'))
    FROM certificate c WHERE certificate_is_usable(c.state) GROUP BY c.tenant_id, c.device_id;
ALTER TABLE certificate FORCE ROW LEVEL SECURITY;

ALTER TABLE device_certificate_end ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_certificate_end FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON device_certificate_end FOR SELECT TO quayside_app USING (tenant_id = app_tenant());
CREATE POLICY ingest ON device_certificate_end FOR SELECT TO quayside_ingest USING (true);
CREATE POLICY owner_keep ON device_certificate_end TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON device_certificate_end TO quayside_app, quayside_ingest;
ANALYZE device_certificate_end;
