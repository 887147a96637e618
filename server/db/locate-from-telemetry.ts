import type { Database } from "#server/db/client.ts";

/** Nearer than this (degrees; some five metres) is where the device was: receivers are not exact. */
const jitter = 0.00005;

/**
 * Takes over where devices say they are (ingest role): those whose profile has fields named latitude
 * and longitude (or lat and lon, lng) and that sent newer degrees than what is known, by their own
 * time. Degrees out of range and those of a device that stands still change nothing.
 * @param since looks at devices that something was received from after it
 * @returns how many devices moved
 */
export async function locateFromTelemetry(db: Database, since: Date): Promise<number> {
  const moved = await db.pool.query(
    `WITH locating AS (
       SELECT p.tenant_id, p.id FROM profile p
       WHERE EXISTS (SELECT FROM schema_field f WHERE f.tenant_id = p.tenant_id
           AND f.schema_id = p.schema_id AND f.name IN ('latitude', 'lat'))
         AND EXISTS (SELECT FROM schema_field f WHERE f.tenant_id = p.tenant_id
           AND f.schema_id = p.schema_id AND f.name IN ('longitude', 'lon', 'lng'))
     ), said AS (
       SELECT d.tenant_id, d.id, coalesce(l.fields -> 'latitude', l.fields -> 'lat') AS latitude,
         coalesce(l.fields -> 'longitude', l.fields -> 'lon', l.fields -> 'lng') AS longitude
       FROM locating p JOIN device d ON d.tenant_id = p.tenant_id AND d.profile_id = p.id
       JOIN telemetry.latest l ON l.device_key = d.key
       WHERE d.state = 'active' AND l.received_at > $1
     ), degrees AS MATERIALIZED (
       SELECT s.tenant_id, s.id, (s.latitude ->> 'v')::float8 AS latitude,
         (s.longitude ->> 'v')::float8 AS longitude,
         to_timestamp((s.longitude ->> 't')::float8 / 1000) AS at
       FROM said s
       WHERE jsonb_typeof(s.latitude -> 'v') = 'number' AND jsonb_typeof(s.longitude -> 'v') = 'number')
     UPDATE device d SET latitude = n.latitude, longitude = n.longitude, location_source = 'device',
       location_at = n.at
     FROM degrees n
     WHERE d.tenant_id = n.tenant_id AND d.id = n.id
       AND n.latitude BETWEEN -90 AND 90 AND n.longitude BETWEEN -180 AND 180
       AND (d.location_at IS NULL OR d.location_at < n.at)
       AND (d.latitude IS NULL OR abs(d.latitude - n.latitude) > $2 OR abs(d.longitude - n.longitude) > $2)`,
    [since, jitter],
  );
  return moved.rowCount ?? 0;
}
