-- What exports read of telemetry: page by page, device by device, oldest first. The views' barrier keeps ORDER BY … LIMIT
-- from using the primary key. Instants are microseconds since 1970, so that nothing of them is lost on the way.
-- Of several devices at most so many rows each; whoever gets that many of one goes on with it alone, behind its last row.
CREATE FUNCTION telemetry.export_readings(devices bigint[], from_us bigint, until_us bigint, after_key bigint, most integer)
RETURNS TABLE (device_key bigint, ts_us bigint, message_key bigint, received_us bigint, schema_id integer,
  "values" double precision[], extra jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE
  own bigint[];
  since timestamptz := 'epoch'::timestamptz + from_us * interval '1 microsecond';
  upto timestamptz := 'epoch'::timestamptz + until_us * interval '1 microsecond';
BEGIN
  SELECT array_agg(d.key ORDER BY d.key) INTO own FROM public.device d
    WHERE d.key = ANY (devices) AND d.tenant_id = public.app_tenant();
  IF own IS NULL THEN RETURN; END IF;
  -- Literals, so that partitions are left out when it is planned and the plan knows how few rows are wanted.
  RETURN QUERY EXECUTE format('SELECT k.key, x.us, x.message_key, x.received, x.schema_id, x."values", x.extra
    FROM unnest($1) AS k(key) CROSS JOIN LATERAL (
      SELECT (extract(epoch FROM r.ts) * 1000000)::bigint AS us, r.message_key,
        (extract(epoch FROM r.received_at) * 1000000)::bigint AS received, r.schema_id, r."values", r.extra
      FROM reading r WHERE r.device_key = k.key AND r.ts >= %L AND r.ts < %L %s
      ORDER BY r.ts, r.message_key LIMIT %s) AS x
    ORDER BY 1, 2, 3', since, upto,
    CASE WHEN after_key IS NULL THEN '' ELSE format('AND (r.ts, r.message_key) > (%L::timestamptz, %s)', since, after_key) END,
    least(most, 10000)) USING own;
END $$;

-- The same of what is rolled up: a row for each bucket and schema version.
CREATE FUNCTION telemetry.export_rollups(by_hour boolean, devices bigint[], from_us bigint, until_us bigint,
  after_schema integer, most integer)
RETURNS TABLE (device_key bigint, bucket_us bigint, schema_id integer, counts integer[], sums double precision[],
  mins double precision[], maxs double precision[], lasts double precision[], last_ms integer[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE
  own bigint[];
  since timestamptz := 'epoch'::timestamptz + from_us * interval '1 microsecond';
  upto timestamptz := 'epoch'::timestamptz + until_us * interval '1 microsecond';
BEGIN
  SELECT array_agg(d.key ORDER BY d.key) INTO own FROM public.device d
    WHERE d.key = ANY (devices) AND d.tenant_id = public.app_tenant();
  IF own IS NULL THEN RETURN; END IF;
  RETURN QUERY EXECUTE format('SELECT k.key, x.us, x.schema_id, x.counts, x.sums, x.mins, x.maxs, x.lasts, x.last_ms
    FROM unnest($1) AS k(key) CROSS JOIN LATERAL (
      SELECT (extract(epoch FROM r.bucket) * 1000000)::bigint AS us, r.schema_id, r.counts, r.sums, r.mins, r.maxs,
        r.lasts, r.last_ms
      FROM %I r WHERE r.device_key = k.key AND r.bucket >= %L AND r.bucket < %L %s
      ORDER BY r.bucket, r.schema_id LIMIT %s) AS x
    ORDER BY 1, 2, 3', CASE WHEN by_hour THEN 'rollup_hour' ELSE 'rollup_minute' END, since, upto,
    CASE WHEN after_schema IS NULL THEN '' ELSE format('AND (r.bucket, r.schema_id) > (%L::timestamptz, %s)', since, after_schema) END,
    least(most, 10000)) USING own;
END $$;
REVOKE ALL ON FUNCTION telemetry.export_readings(bigint[], bigint, bigint, bigint, integer),
  telemetry.export_rollups(boolean, bigint[], bigint, bigint, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.export_readings(bigint[], bigint, bigint, bigint, integer),
  telemetry.export_rollups(boolean, bigint[], bigint, bigint, integer, integer) TO quayside_app;

-- What was done in the background long ago is forgotten; the audit trail keeps who did it.
GRANT DELETE ON bulk_job, bulk_job_device, export_job TO quayside_ingest;
