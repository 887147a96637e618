-- A text that occurs in many devices is found by walking in the order of names. Names that match stand together, so
-- the walk may pass nearly all others before them. Names fall into places: what stands before their first digit.
-- An index says which three letters occur in the texts of which place, so that places without them are passed over.

-- The place of a name: up to 16 characters before the first digit, which becomes a 0.
CREATE FUNCTION telemetry.place_of_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT substring(name FROM '^[^0-9]{0,16}') || CASE WHEN name ~ '^[^0-9]{0,15}[0-9]' THEN '0' ELSE '' END;
$$;

-- Runs of three letters in a text; null: there are none. Digits say little: they occur in every place.
CREATE FUNCTION telemetry.letters_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT substr(run[1], at, 3))
    FROM regexp_matches(lower(words), '[a-z]{3,}', 'g') AS run, generate_series(1, length(run[1]) - 2) AS at;
$$;

-- One number for a tenant, a place and three letters. Of two that had the same one, neither would be lost.
CREATE FUNCTION telemetry.code_of_place(tenant uuid, place text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtextextended(tenant::text || place, 0);
$$;

-- The letters of a device (see telemetry.device_text: the name comes first) in its place. As one statement, because it
-- runs for every device when the index is built.
CREATE FUNCTION telemetry.letters_in_place(tenant uuid, words text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(place.code # hashtext(substr(run[1], at, 3)))
    FROM (SELECT telemetry.code_of_place(tenant, telemetry.place_of_name(split_part(words, E'\n', 1))) AS code OFFSET 0) AS place,
      regexp_matches(lower(words), '[a-z]{3,}', 'g') AS run, generate_series(1, length(run[1]) - 2) AS at;
$$;
CREATE INDEX device_text_places ON telemetry.device_text USING gin (telemetry.letters_in_place(tenant_id, words));

-- The next names, from one on, among which texts may stand: not before `first`, and before `beyond`; null is no bound.
-- No row: they stand nowhere. `backwards`: what comes before a name. Only where names are ordered by code points the
-- names of a place stand together; elsewhere all names are one place.
CREATE FUNCTION telemetry.find_text_place(patterns text[], texts text, start text, backwards boolean,
  OUT first text, OUT beyond text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = telemetry, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  tenant uuid := app_tenant();
  wanted text[] := letters_of(texts);
  has_places boolean := wanted IS NOT NULL AND EXISTS (SELECT FROM pg_database
    WHERE datname = current_database() AND (datlocprovider = 'b' OR datcollate IN ('C', 'POSIX')));
  place text;
  name text;
  edge text := coalesce(start, CASE WHEN backwards THEN repeat(chr(1114111), 2) ELSE '' END);
BEGIN
  FOR step IN 1..100 LOOP
    EXIT WHEN NOT has_places;
    IF backwards THEN
      SELECT d.name INTO name FROM device d WHERE d.tenant_id = tenant AND d.name < edge ORDER BY d.name DESC LIMIT 1;
    ELSE
      SELECT d.name INTO name FROM device d WHERE d.tenant_id = tenant AND d.name >= edge ORDER BY d.name LIMIT 1;
    END IF;
    IF name IS NULL THEN RETURN; END IF;
    place := place_of_name(name);
    first := place;
    beyond := CASE WHEN right(place, 1) = '0' THEN left(place, -1) || ':' WHEN length(place) = 16 THEN place || chr(1114111)
      ELSE place || chr(1) END;
    -- Of a place that matches most devices do: some are asked before the index, which would read all of it.
    IF EXISTS (SELECT FROM (SELECT d.key FROM device d WHERE d.tenant_id = tenant AND d.name >= first AND d.name < beyond
          ORDER BY d.name, d.key LIMIT 10) begins
        JOIN device_text t ON t.device_key = begins.key WHERE t.words ILIKE ALL (patterns))
      OR EXISTS (SELECT FROM device_text t WHERE letters_in_place(t.tenant_id, t.words)
        @> (SELECT array_agg(code_of_place(tenant, place) # hashtext(letters)) FROM unnest(wanted) AS letters)) THEN
      RETURN NEXT;
      RETURN;
    END IF;
    -- A name that stands outside its own place (of the highest character there is) ends the search.
    EXIT WHEN CASE WHEN backwards THEN first >= edge ELSE beyond <= edge END;
    edge := CASE WHEN backwards THEN first ELSE beyond END;
  END LOOP;
  first := CASE WHEN NOT backwards THEN edge END;
  beyond := CASE WHEN backwards THEN edge END;
  RETURN NEXT;
END $$;

-- As find_device_text, as an array; null: more than so many, which a sample of pages may already say. `share`: null as
-- well for a text that occurs in so much of the sample; null is no such share.
CREATE FUNCTION telemetry.find_rare_text(pattern text, most integer, share real) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = telemetry, public, pg_temp AS $$
DECLARE
  pages real := greatest((SELECT relpages FROM pg_class WHERE oid = 'telemetry.device_text'::regclass), 1);
  asked bigint := 0;
  matching bigint;
  keys bigint[];
BEGIN
  -- Small tables are read as fast as they are sampled.
  IF pages > 200 THEN
    EXECUTE 'SELECT count(*), count(*) FILTER (WHERE t.words ILIKE $2) FROM device_text t TABLESAMPLE SYSTEM ($3)
        WHERE t.tenant_id = $1'
      INTO asked, matching USING app_tenant(), pattern, 1000 / pages;
  END IF;
  IF asked >= 200 AND (matching >= asked * share OR matching * pages / 10 > most) THEN RETURN NULL; END IF;
  SELECT coalesce(array_agg(found.key), '{}') INTO keys FROM find_device_text(pattern, most + 1) AS found(key);
  RETURN CASE WHEN cardinality(keys) <= most THEN keys END;
END $$;
REVOKE ALL ON FUNCTION telemetry.place_of_name(text), telemetry.letters_of(text), telemetry.code_of_place(uuid, text),
  telemetry.letters_in_place(uuid, text),
  telemetry.find_text_place(text[], text, text, boolean), telemetry.find_rare_text(text, integer, real) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.find_text_place(text[], text, text, boolean),
  telemetry.find_rare_text(text, integer, real) TO quayside_app;
ANALYZE telemetry.device_text;
