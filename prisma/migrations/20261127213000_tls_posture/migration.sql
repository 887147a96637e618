-- What connected devices have negotiated. The organisation that runs the installation chooses for all
-- and sees the numbers of all, nothing else of the others.
CREATE POLICY owner_tls ON device_status FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION tls_negotiated() RETURNS TABLE (version text, cipher text, devices bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.tls_version, s.tls_cipher, count(*)
  FROM device_status s
  WHERE s.connected AND (s.tenant_id = app_tenant() OR app_tenant() = operator_tenant())
  GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION tls_negotiated() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tls_negotiated() TO quayside_app;
