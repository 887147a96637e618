import { Prisma } from "#server/db/generated/client.ts";

/** Days that nobody has summed up: at most today and yesterday. */
const liveDays = 2;

function secondsOf(...presences: readonly string[]): Prisma.Sql {
  const names = presences.map((name) => `'${name}'`).join(", ");
  return Prisma.raw(`coalesce(sum(seconds) FILTER (WHERE presence IN (${names})), 0)`);
}

/**
 * Days that are not summed up yet, of the devices in `chosen`, from the changes themselves: common
 * table expressions up to `live(day, device_key, online, idle, late, silent, stranded, excused)`.
 */
export function livePresenceSql(at: {
  readonly tenant: Prisma.Sql;
  readonly from: Date;
  readonly now: Date;
}): Prisma.Sql {
  const { tenant, from, now } = at;
  return Prisma.sql`
    bounds AS MATERIALIZED (
      SELECT g.day::date AS day, g.day AT TIME ZONE 'UTC' AS starts,
        LEAST((g.day + interval '1 day') AT TIME ZONE 'UTC', ${now}::timestamptz) AS ends
      FROM generate_series(
        GREATEST(${from}::date, (${now}::timestamptz AT TIME ZONE 'UTC')::date - ${liveDays - 1}::int)::timestamp,
        (${now}::timestamptz AT TIME ZONE 'UTC')::date::timestamp, interval '1 day') g(day)
      WHERE g.day::date > COALESCE((SELECT max(y.day) FROM device_presence_day y WHERE y.tenant_id = ${tenant}), '-infinity')),
    standing AS MATERIALIZED (
      SELECT p.device_key, p.presence, p.since FROM chosen c
      JOIN device_presence p ON p.tenant_id = ${tenant} AND p.device_key = c.key),
    moved AS MATERIALIZED (
      SELECT b.day, b.starts, b.ends, p.device_key FROM bounds b CROSS JOIN standing p WHERE p.since > b.starts),
    step AS (
      SELECT m.day, m.device_key, m.ends, m.starts AS at, first.presence FROM moved m
      CROSS JOIN LATERAL (SELECT e.presence FROM device_presence_event e
        WHERE e.tenant_id = ${tenant} AND e.device_key = m.device_key AND e.at <= m.starts
        ORDER BY e.at DESC LIMIT 1) first
      UNION ALL
      SELECT m.day, m.device_key, m.ends, e.at, e.presence FROM moved m JOIN device_presence_event e
        ON e.tenant_id = ${tenant} AND e.device_key = m.device_key AND e.at > m.starts AND e.at < m.ends),
    span AS (
      SELECT b.day, p.device_key, p.presence, extract(epoch FROM b.ends - b.starts)::float8 AS seconds
      FROM bounds b CROSS JOIN standing p WHERE p.since <= b.starts
      UNION ALL
      SELECT day, device_key, presence, extract(epoch FROM
        lead(at, 1, ends) OVER (PARTITION BY day, device_key ORDER BY at) - at)::float8 FROM step),
    live AS MATERIALIZED (
      SELECT day, device_key, ${secondsOf("online")} AS online, ${secondsOf("idle")} AS idle,
        ${secondsOf("late")} AS late, ${secondsOf("silent")} AS silent, ${secondsOf("stranded")} AS stranded,
        ${secondsOf("never_seen", "suspended", "quarantined", "decommissioned")} AS excused
      FROM span GROUP BY day, device_key)`;
}
