-- A CA's certificate is public: whoever has it could register it first. Until possession of its key
-- is proven, a registration keeps nobody else from registering the same CA.
CREATE POLICY owner_unproven ON customer_ca TO CURRENT_USER USING (state = 'unproven');
CREATE FUNCTION release_unproven_ca(fingerprint text, tenant uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM customer_ca WHERE sha256 = fingerprint AND tenant_id <> tenant AND state = 'unproven'
$$;
REVOKE ALL ON FUNCTION release_unproven_ca(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION release_unproven_ca(text, uuid) TO quayside_app;
