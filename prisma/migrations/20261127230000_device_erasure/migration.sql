-- What a decommissioned device sent is deleted, if that was asked for.

-- CreateTable
CREATE TABLE "device_erasure" (
    "tenant_id" UUID NOT NULL,
    "device_key" BIGINT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "readings" BIGINT NOT NULL DEFAULT 0,
    "messages" BIGINT NOT NULL DEFAULT 0,
    "letters" BIGINT NOT NULL DEFAULT 0,
    "samples" BIGINT NOT NULL DEFAULT 0,
    "connections" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "device_erasure_pkey" PRIMARY KEY ("tenant_id","device_key")
);

ALTER TABLE device_erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON device_erasure TO quayside_app USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE POLICY ingest ON device_erasure TO quayside_ingest USING (true) WITH CHECK (true);
CREATE POLICY owner_erase ON device_erasure FOR SELECT TO CURRENT_USER USING (true);
GRANT SELECT, INSERT ON device_erasure TO quayside_app;
GRANT SELECT, UPDATE ON device_erasure TO quayside_ingest;
CREATE INDEX device_erasure_open ON device_erasure (requested_at) WHERE finished_at IS NULL;

-- Deletes some of what the device sent, at most so many rows of each kind. Nobody may delete series
-- but by this door, and it opens only for a device whose erasure was asked for and is not finished.
CREATE FUNCTION telemetry.erase_some(device bigint, most integer)
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
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION telemetry.erase_some(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.erase_some(bigint, integer) TO quayside_ingest;
