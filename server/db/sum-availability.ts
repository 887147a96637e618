import type { Tx } from "#server/db/client.ts";
import type { DeviceFilterSql } from "#server/db/device-filter-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { PresenceSeconds } from "#server/domain/availability.ts";
import type { Presence } from "#server/domain/presence.ts";

/** Sums of one day, one profile or tag, or one device; `devices` is how many are in it. */
export type AvailabilityRow = PresenceSeconds & {
  readonly kind: "day" | "group" | "device" | "total";
  /** ISO date, UUID of the profile, the tag, or the device's own id. */
  readonly id: string;
  readonly name: string;
  readonly devices: number;
  readonly presence: Presence | null;
};

const kinds = ["online", "idle", "late", "silent", "stranded", "excused"] as const;
const each = (made: (kind: string) => string): Prisma.Sql =>
  Prisma.raw(kinds.map((kind) => `${made(kind)} AS ${kind}`).join(", "));
const sums = each((kind) => `sum(${kind})::float8`);
const values = each((kind) => kind);

/** Days that nobody has summed up: at most today and yesterday. */
const liveDays = 2;

/**
 * Sums for how long the devices of a selection were how, in whole days (UTC) up to now: by day, by
 * profile or tag, and of the devices that were missed for longest. Reads one row for each device
 * and day, once.
 */
export async function sumAvailability(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly filter: DeviceFilterSql;
    /** Null: every device, which needs no look at any. */
    readonly isEveryDevice: boolean;
    readonly from: Date;
    readonly now: Date;
    readonly by: "profile" | "tag";
    readonly worst: number;
  },
): Promise<readonly AvailabilityRow[]> {
  const { tenantId, from, now, filter } = at;
  const tenant = Prisma.sql`${tenantId}::uuid`;
  const ofChosen = (column: string) =>
    at.isEveryDevice
      ? Prisma.empty
      : Prisma.sql`AND ${Prisma.raw(column)} IN (SELECT key FROM chosen)`;
  return tx.$queryRaw<AvailabilityRow[]>`
    WITH chosen AS MATERIALIZED (
      SELECT d.key, d.id, d.device_id, d.name, d.profile_id FROM ${filter.from} WHERE ${filter.where}),
    ${liveDaysSql({ tenant, from, now, ofChosen })},
    summed AS MATERIALIZED (
      SELECT y.day, y.device_key, ${sums} FROM (
        SELECT y.day, y.device_key, ${values} FROM device_presence_day y
        WHERE y.tenant_id = ${tenant} AND y.day >= ${from}::date ${ofChosen("y.device_key")}
        UNION ALL SELECT day, device_key, ${values} FROM live) y
      GROUP BY GROUPING SETS ((y.day), (y.device_key))),
    device_sum AS MATERIALIZED (
      SELECT c.*, ${Prisma.raw(kinds.map((kind) => `s.${kind}`).join(", "))}
      FROM chosen c JOIN summed s ON s.device_key = c.key),
    worst AS (SELECT * FROM device_sum
      WHERE late + silent + stranded > 0
      ORDER BY (online + idle) / (online + idle + late + silent + stranded), late + silent + stranded DESC, name
      LIMIT ${at.worst}::int)
    SELECT 'total' AS kind, '' AS id, '' AS name, count(*)::int AS devices, NULL AS presence, ${sums} FROM device_sum
    UNION ALL SELECT 'day', day::text, '', 0, NULL, ${values} FROM summed WHERE day IS NOT NULL
    UNION ALL (${groupsSql(at.by, tenant)})
    UNION ALL SELECT 'device', w.device_id, w.name, 1, pr.presence, ${values} FROM worst w
      JOIN device_presence pr ON pr.tenant_id = ${tenant} AND pr.device_key = w.key`;
}

function groupsSql(by: "profile" | "tag", tenant: Prisma.Sql): Prisma.Sql {
  return by === "profile"
    ? Prisma.sql`SELECT 'group', p.id::text, p.name, count(*)::int, NULL, ${sums} FROM device_sum s
        JOIN profile p ON p.tenant_id = ${tenant} AND p.id = s.profile_id GROUP BY p.id, p.name LIMIT 1000`
    : Prisma.sql`SELECT 'group', t.tag, t.tag, count(*)::int, NULL, ${sums} FROM device_sum s
        JOIN device_tag t ON t.tenant_id = ${tenant} AND t.device_key = s.key GROUP BY t.tag
        ORDER BY count(*) DESC, t.tag LIMIT 1000`;
}

/** Days that are not summed up yet, from the changes themselves: common table expressions up to `live`. */
function liveDaysSql(at: {
  readonly tenant: Prisma.Sql;
  readonly from: Date;
  readonly now: Date;
  readonly ofChosen: (column: string) => Prisma.Sql;
}): Prisma.Sql {
  const { tenant, from, now, ofChosen } = at;
  const sumOf = (...presences: readonly string[]) =>
    Prisma.raw(
      `coalesce(sum(seconds) FILTER (WHERE presence IN (${presences.map((name) => `'${name}'`).join(", ")})), 0)`,
    );
  return Prisma.sql`
    bounds AS MATERIALIZED (
      SELECT g.day::date AS day, g.day AT TIME ZONE 'UTC' AS starts,
        LEAST((g.day + interval '1 day') AT TIME ZONE 'UTC', ${now}::timestamptz) AS ends
      FROM generate_series(
        GREATEST(${from}::date, (${now}::timestamptz AT TIME ZONE 'UTC')::date - ${liveDays - 1}::int)::timestamp,
        (${now}::timestamptz AT TIME ZONE 'UTC')::date::timestamp, interval '1 day') g(day)
      WHERE g.day::date > COALESCE((SELECT max(y.day) FROM device_presence_day y WHERE y.tenant_id = ${tenant}), '-infinity')),
    moved AS MATERIALIZED (
      SELECT b.day, b.starts, b.ends, p.device_key FROM bounds b CROSS JOIN device_presence p
      WHERE p.tenant_id = ${tenant} AND p.since > b.starts ${ofChosen("p.device_key")}),
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
      FROM bounds b CROSS JOIN device_presence p
      WHERE p.tenant_id = ${tenant} AND p.since <= b.starts ${ofChosen("p.device_key")}
      UNION ALL
      SELECT day, device_key, presence, extract(epoch FROM
        lead(at, 1, ends) OVER (PARTITION BY day, device_key ORDER BY at) - at)::float8 FROM step),
    live AS (
      SELECT day, device_key, ${sumOf("online")} AS online, ${sumOf("idle")} AS idle, ${sumOf("late")} AS late,
        ${sumOf("silent")} AS silent, ${sumOf("stranded")} AS stranded,
        ${sumOf("never_seen", "suspended", "quarantined", "decommissioned")} AS excused
      FROM span GROUP BY day, device_key)`;
}
