-- Batches bind very many public keys in one transaction: a lock for each of them would not fit into
-- PostgreSQL's table of locks. Single issues share a lock that a batch takes for itself, for the moment
-- in which its devices are made.
CREATE OR REPLACE FUNCTION spki_in_use(spki text, device uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('spki', 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('spki:' || spki, 0));
  RETURN EXISTS (SELECT 1 FROM certificate c WHERE c.spki_sha256 = spki AND c.device_id <> device);
END $$;

-- Which of the keys are bound to a device already, of whichever tenant. Until the transaction ends nobody
-- else can be told that one of them is free.
CREATE FUNCTION spkis_in_use(spkis text[]) RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('spki', 0));
  RETURN QUERY SELECT DISTINCT c.spki_sha256 FROM certificate c WHERE c.spki_sha256 = ANY(spkis);
END $$;
REVOKE ALL ON FUNCTION spkis_in_use(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spkis_in_use(text[]) TO quayside_app;
