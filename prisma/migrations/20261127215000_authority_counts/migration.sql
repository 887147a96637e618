-- How many certificates that each CA signed still count: of one organisation, or of all (NULL), which
-- only whoever retires a CA asks for.
CREATE FUNCTION valid_certificates_by_issuer(at timestamptz, tenant uuid)
RETURNS TABLE (issuer text, certificates bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.issuer, count(*)
  FROM certificate c
  WHERE c.state IN ('issued', 'active', 'superseded', 'suspended') AND c.not_after > at
    AND (tenant IS NULL OR c.tenant_id = tenant)
  GROUP BY c.issuer
$$;
REVOKE ALL ON FUNCTION valid_certificates_by_issuer(timestamptz, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION valid_certificates_by_issuer(timestamptz, uuid) TO quayside_app;
