-- What charts, tables and maps read of telemetry. Views with a barrier would join the devices once for each row, so
-- these functions of the owner look once which of the named devices are the tenant's, and then read the tables. Their
-- statements are made of names that stand here and of numbers. They are planned at each call, with the values known, so
-- that partitions are left out and the plan fits a device as well as a fleet.

-- The devices among these that are the tenant's, with the number that was said of each.
CREATE FUNCTION telemetry.own_devices(INOUT devices bigint[], INOUT lines integer[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
  SELECT coalesce(array_agg(d.key), '{}'), coalesce(array_agg(u.line), '{}')
  FROM unnest(devices, lines) AS u(key, line) JOIN public.device d ON d.key = u.key
  WHERE d.tenant_id = public.app_tenant()
$$;

-- Where metrics are in schema versions, as the rows of VALUES: (schema version, place of metric 1, place of metric 2, …).
CREATE FUNCTION telemetry.places_sql(schemas integer[], metrics integer[], places integer[], metric_count integer)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = telemetry, pg_temp AS $$
  SELECT string_agg(format('(%s, %s)', r.schema, r.list), ', ') FROM (
    SELECT s.schema, string_agg(coalesce(f.place::text, 'NULL::integer'), ', ' ORDER BY m.metric) AS list
    FROM (SELECT DISTINCT unnest(schemas) AS schema) s CROSS JOIN generate_series(1, metric_count) AS m(metric)
    LEFT JOIN unnest(schemas, metrics, places) AS f(schema, metric, place)
      ON f.schema = s.schema AND f.metric = m.metric
    GROUP BY s.schema) r
$$;

-- Columns of one metric in one source: n readings, their sum s, least l, greatest h, and where it is wanted the newest e
-- as [epoch milliseconds, value]. As rollups have it, a value beyond 1e290 enters a sum as that, and of several at the
-- same millisecond the greatest is the newest.
CREATE FUNCTION telemetry.metric_sql(source text, metric integer, with_last boolean)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = telemetry, pg_temp AS $$
  SELECT replace(replace(CASE WHEN source = 'raw' THEN
    'num_nonnulls(V) AS n#, CASE WHEN V IS NOT NULL THEN greatest(least(V, 1e290::float8), -1e290::float8) END AS s#, V AS l#, V AS h#'
      || CASE WHEN with_last THEN ', CASE WHEN V IS NOT NULL THEN ARRAY[floor(round(date_part(''epoch'', r.ts) * 1e6) / 1000), V] END AS e#' ELSE '' END
    ELSE 'r.counts[f.p#] AS n#, r.sums[f.p#] AS s#, r.mins[f.p#] AS l#, r.maxs[f.p#] AS h#'
      || CASE WHEN with_last THEN ', CASE WHEN r.counts[f.p#] > 0 THEN ARRAY[round(date_part(''epoch'', r.bucket) * 1000) + r.last_ms[f.p#], r.lasts[f.p#]] END AS e#' ELSE '' END
    END, 'V', 'r."values"[f.p#]'), '#', metric::text)
$$;

-- Lines in buckets. `lines` says to which line each device belongs; a device may be named for several. Without it all
-- devices are one line, 1. The range comes in parts, each from one source: raw, minute or hour. `points` is
-- "t,n,s,l,h[,lastAt,last],n,s,…;t,…", ascending: t is the bucket's start in epoch milliseconds, then come five (or
-- seven) columns for each metric, empty where it has no readings.
CREATE FUNCTION telemetry.bucketed_series(devices bigint[], lines integer[],
  field_schemas integer[], field_metrics integer[], field_places integer[], metric_count integer,
  sources text[], froms timestamptz[], untils timestamptz[], bucket_ms bigint, with_last boolean)
RETURNS TABLE (line integer, oldest_schema integer, newest_schema integer, points text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE
  fields text := places_sql(field_schemas, field_metrics, field_places, metric_count);
  names text := (SELECT string_agg('p' || m, ', ' ORDER BY m) FROM generate_series(1, metric_count) AS m);
  -- A single line needs no join, and its rows can be added up in parallel.
  is_one boolean := lines IS NULL OR lines = ARRAY[1];
  own record;
  parts text;
  sums text;
  texts text;
BEGIN
  own := own_devices(devices, coalesce(lines, array_fill(1, ARRAY[cardinality(devices)])));
  IF fields IS NULL OR cardinality(own.devices) = 0 THEN RETURN; END IF;
  SELECT string_agg(format('SELECT %s AS line, date_bin(%L, r.%I, ''epoch'') AS b, r.schema_id, %s
      FROM %s %I r ON %s JOIN (VALUES %s) AS f(schema_id, %s) ON f.schema_id = r.schema_id WHERE r.%I >= %L AND r.%I < %L',
      CASE WHEN is_one THEN '1' ELSE 'k.line' END, make_interval(secs => bucket_ms / 1000.0), t.instant,
      (SELECT string_agg(metric_sql(p.source, m, with_last), ', ' ORDER BY m) FROM generate_series(1, metric_count) AS m),
      CASE WHEN is_one THEN '(SELECT) k JOIN' ELSE 'unnest($1, $2) AS k(device_key, line) JOIN' END, t.relation,
      CASE WHEN is_one THEN 'r.device_key = ANY($1)' ELSE 'r.device_key = k.device_key' END,
      fields, names, t.instant, p.since, t.instant, p.upto), ' UNION ALL ')
    INTO parts
    FROM unnest(sources, froms, untils) AS p(source, since, upto)
    JOIN (VALUES ('raw', 'reading', 'ts'), ('minute', 'rollup_minute', 'bucket'), ('hour', 'rollup_hour', 'bucket'))
      AS t(source, relation, instant) ON t.source = p.source;
  IF parts IS NULL THEN RETURN; END IF;
  SELECT string_agg(replace('sum(x.n#) AS n#, sum(x.s#) AS s#, min(x.l#) AS l#, max(x.h#) AS h#'
        || CASE WHEN with_last THEN ', max(x.e#) AS e#' ELSE '' END, '#', m::text), ', ' ORDER BY m),
      string_agg(replace(''','', y.n#, '','', y.s#, '','', y.l#, '','', y.h#'
        || CASE WHEN with_last THEN ', '','', y.e#[1], '','', y.e#[2]' ELSE '' END, '#', m::text), ', ' ORDER BY m)
    INTO sums, texts FROM generate_series(1, metric_count) AS m;
  RETURN QUERY EXECUTE format('SELECT y.line, min(y.oldest), max(y.newest),
      string_agg(concat((date_part(''epoch'', y.b) * 1000)::bigint, %s), '';'' ORDER BY y.b)
    FROM (SELECT x.line, x.b, min(x.schema_id) AS oldest, max(x.schema_id) AS newest, %s
      FROM (%s) x GROUP BY x.line, x.b) y GROUP BY y.line', texts, sums, parts) USING own.devices, own.lines;
END $$;

-- Readings as they are, each device a line: `points` is "t,v[,v…];t,…", ascending, a column for each metric.
CREATE FUNCTION telemetry.single_readings(devices bigint[], lines integer[],
  field_schemas integer[], field_metrics integer[], field_places integer[], metric_count integer,
  since timestamptz, upto timestamptz)
RETURNS TABLE (line integer, oldest_schema integer, newest_schema integer, points text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE
  fields text := places_sql(field_schemas, field_metrics, field_places, metric_count);
  own record := own_devices(devices, lines);
BEGIN
  IF fields IS NULL OR cardinality(own.devices) = 0 THEN RETURN; END IF;
  RETURN QUERY EXECUTE format('SELECT k.line, min(r.schema_id), max(r.schema_id),
      string_agg(concat(floor(round(date_part(''epoch'', r.ts) * 1e6) / 1000)::bigint, %s), '';'' ORDER BY r.ts, r.message_key)
    FROM unnest($1, $2) AS k(device_key, line) JOIN reading r ON r.device_key = k.device_key
    JOIN (VALUES %s) AS f(schema_id, %s) ON f.schema_id = r.schema_id
    WHERE r.ts >= %L AND r.ts < %L GROUP BY k.line',
    (SELECT string_agg(format(''','', r."values"[f.p%s]', m), ', ' ORDER BY m) FROM generate_series(1, metric_count) AS m),
    fields, (SELECT string_agg('p' || m, ', ' ORDER BY m) FROM generate_series(1, metric_count) AS m), since, upto)
    USING own.devices, own.lines;
END $$;

-- Readings of the device that has most of them and of all together; of each device no more than `most` are counted.
CREATE FUNCTION telemetry.count_readings(devices bigint[], since timestamptz, upto timestamptz, most integer)
RETURNS TABLE (of_one bigint, of_all bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE own record := own_devices(devices, array_fill(1, ARRAY[cardinality(devices)]));
BEGIN
  RETURN QUERY EXECUTE format('SELECT coalesce(max(c.n), 0), coalesce(sum(c.n), 0)::bigint
    FROM unnest($1) AS k(device_key), LATERAL (SELECT count(*) AS n FROM (
      SELECT FROM reading r WHERE r.device_key = k.device_key AND r.ts >= %L AND r.ts < %L LIMIT %s) AS found) c',
    since, upto, most) USING own.devices;
END $$;

-- Values that hold until they change, for each device: runs from one change to the next, newest first. Among the newest
-- `most_readings` only; `complete_from` says from when on nothing is missing, null when from the start.
CREATE FUNCTION telemetry.state_runs(devices bigint[], metric text, field_schemas integer[], field_places integer[],
  field_booleans boolean[], since timestamptz, upto timestamptz, most_readings integer, most_runs integer)
RETURNS TABLE (device_key bigint, since_at timestamptz, until_at timestamptz, value jsonb, complete_from timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE own record := own_devices(devices, array_fill(1, ARRAY[cardinality(devices)]));
BEGIN
  RETURN QUERY EXECUTE format('SELECT k.device_key, runs.since_at, runs.until_at, runs.v, runs.complete_from
    FROM unnest($1) AS k(device_key), LATERAL (
      WITH newest AS MATERIALIZED (
        SELECT r.ts, r.message_key, r.schema_id, r."values", r.extra FROM reading r
        WHERE r.device_key = k.device_key AND r.ts >= %1$L AND r.ts < %2$L
        ORDER BY r.ts DESC, r.message_key DESC LIMIT %3$s),
      said AS (
        SELECT n.ts, n.message_key, coalesce(n.extra -> $2,
          CASE WHEN f.is_boolean THEN to_jsonb(n."values"[f.place] <> 0) ELSE to_jsonb(n."values"[f.place]) END) AS v
        FROM newest n LEFT JOIN unnest($3, $4, $5) AS f(schema_id, place, is_boolean) ON f.schema_id = n.schema_id),
      known AS (
        SELECT s.ts, s.message_key, s.v, lag(s.v) OVER (ORDER BY s.ts, s.message_key) AS before FROM said s
        WHERE jsonb_typeof(s.v) IN (''string'', ''number'', ''boolean''))
      SELECT c.ts AS since_at, c.v,
        coalesce(lead(c.ts) OVER (ORDER BY c.ts, c.message_key), (SELECT max(ts) FROM known)) AS until_at,
        (SELECT CASE WHEN count(*) = %3$s THEN min(ts) END FROM newest) AS complete_from
      FROM known c WHERE c.before IS DISTINCT FROM c.v ORDER BY c.ts DESC, c.message_key DESC LIMIT %4$s) AS runs',
    since, upto, most_readings, most_runs) USING own.devices, metric, field_schemas, field_places, field_booleans;
END $$;

-- Events that devices dated within a range, newest first, with the beginning of their payloads. What a device dates a
-- day ahead of its arrival is not found.
CREATE FUNCTION telemetry.device_events(devices bigint[], since timestamptz, upto timestamptz, most integer, shown_bytes integer)
RETURNS TABLE (device_key bigint, ts timestamptz, received_at timestamptz, channel text, payload bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE own record := own_devices(devices, array_fill(1, ARRAY[cardinality(devices)]));
BEGIN
  RETURN QUERY EXECUTE format('SELECT k.device_key, e.* FROM unnest($1) AS k(device_key), LATERAL (
      SELECT m.ts, m.received_at, m.channel, substr(m.payload, 1, %s) FROM device_message m
      WHERE m.device_key = k.device_key AND m.received_at >= %L AND m.ts >= %L AND m.ts < %L
        AND m.channel LIKE ''event/%%''
      ORDER BY m.received_at DESC LIMIT %s) AS e ORDER BY e.ts DESC, e.received_at DESC LIMIT %s',
    shown_bytes, since - interval '1 day', since, upto, most, most) USING own.devices;
END $$;

-- Where devices were: of each bucket of time the last position.
CREATE FUNCTION telemetry.device_tracks(devices bigint[], field_schemas integer[], latitude_places integer[],
  longitude_places integer[], since timestamptz, upto timestamptz, bucket_ms bigint)
RETURNS TABLE (device_key bigint, points text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, pg_temp SET jit = off AS $$
DECLARE own record := own_devices(devices, array_fill(1, ARRAY[cardinality(devices)]));
BEGIN
  RETURN QUERY EXECUTE format('SELECT p.device_key,
      string_agg(concat(floor(p.e[1])::bigint, '','', p.e[2], '','', p.e[3]), '';'' ORDER BY p.e) FROM (
        SELECT r.device_key, max(ARRAY[floor(round(date_part(''epoch'', r.ts) * 1e6) / 1000),
          r."values"[f.latitude], r."values"[f.longitude]]) AS e
        FROM reading r JOIN unnest($2, $3, $4) AS f(schema_id, latitude, longitude) ON f.schema_id = r.schema_id
        WHERE r.device_key = ANY($1) AND r.ts >= %L AND r.ts < %L
          AND r."values"[f.latitude] BETWEEN -90 AND 90 AND r."values"[f.longitude] BETWEEN -180 AND 180
        GROUP BY r.device_key, date_bin(%L, r.ts, ''epoch'')) p
    GROUP BY p.device_key', since, upto, make_interval(secs => bucket_ms / 1000.0))
    USING own.devices, field_schemas, latitude_places, longitude_places;
END $$;

DO $$
DECLARE made regprocedure;
BEGIN
  FOREACH made IN ARRAY ARRAY[
    'telemetry.bucketed_series(bigint[], integer[], integer[], integer[], integer[], integer, text[], timestamptz[], timestamptz[], bigint, boolean)',
    'telemetry.single_readings(bigint[], integer[], integer[], integer[], integer[], integer, timestamptz, timestamptz)',
    'telemetry.count_readings(bigint[], timestamptz, timestamptz, integer)',
    'telemetry.state_runs(bigint[], text, integer[], integer[], boolean[], timestamptz, timestamptz, integer, integer)',
    'telemetry.device_events(bigint[], timestamptz, timestamptz, integer, integer)',
    'telemetry.device_tracks(bigint[], integer[], integer[], integer[], timestamptz, timestamptz, bigint)']::regprocedure[]
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO quayside_app', made);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION telemetry.own_devices(bigint[], integer[]) FROM PUBLIC;
