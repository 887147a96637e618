import type { Tx } from "#server/db/client.ts";
import type { DeviceFilterSql } from "#server/db/device-filter-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { livePresenceSql } from "#server/db/live-presence-sql.ts";
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
const values = each((kind) => `${kind}::float8`);

/** What the devices of a selection were, and what its sums are made of. */
export type AvailabilityAt = {
  readonly tenantId: string;
  readonly filter: DeviceFilterSql;
  /** Days are told by what the whole organisation's were, without those of all other devices. */
  readonly byOthers: boolean;
  readonly from: Date;
  readonly now: Date;
  readonly by: "profile" | "tag";
  readonly worst: number;
};

/**
 * Sums for how long the devices of a selection were how, in whole days (UTC) up to now: by day, by
 * profile or tag, and of the devices that were missed for longest. Of a device it reads the rows of
 * two days, which say what all days before add up to; what is told by day takes a row for each day and
 * device of the selection, or of all others.
 */
export async function sumAvailability(
  tx: Tx,
  at: AvailabilityAt,
): Promise<readonly AvailabilityRow[]> {
  const { tenantId, filter } = at;
  const tenant = Prisma.sql`${tenantId}::uuid`;
  // Hashes of all devices, which would go to the disk otherwise.
  await tx.$queryRaw`SELECT set_config('work_mem', '64MB', true)`;
  return tx.$queryRaw<AvailabilityRow[]>`
    WITH chosen AS MATERIALIZED (
      SELECT d.key, d.id, d.device_id, d.name, d.profile_id FROM ${filter.from} WHERE ${filter.where}),
    ${livePresenceSql({ tenant, from: at.from, now: at.now })},
    ${deviceSumSql(at, tenant)},
    ${daySumSql(at, tenant)},
    worst AS (SELECT * FROM device_sum
      WHERE late + silent + stranded > 0
      ORDER BY (online + idle) / (online + idle + late + silent + stranded), late + silent + stranded DESC, name
      LIMIT ${at.worst}::int)
    SELECT 'total' AS kind, '' AS id, '' AS name, count(*)::int AS devices, NULL AS presence, ${sums} FROM device_sum
    UNION ALL SELECT 'day', day::text, '', 0, NULL, ${values} FROM day_sum
      WHERE online + idle + late + silent + stranded + excused > 0
    UNION ALL (${groupsSql(at.by, tenant)})
    UNION ALL SELECT 'device', w.device_id, w.name, 1, pr.presence, ${values} FROM worst w
      JOIN device_presence pr ON pr.tenant_id = ${tenant} AND pr.device_key = w.key`;
}

/** Each device's period: its sum up to the last day less that before the first, and what is not summed up yet. */
function deviceSumSql({ from }: AvailabilityAt, tenant: Prisma.Sql): Prisma.Sql {
  const sumNames = (of: string) => Prisma.raw(kinds.map((kind) => `${of}.${kind}_sum`).join(", "));
  // The row of that very day is there but for devices that were made later, or that nobody looked at then.
  const rowBefore = (of: string, day: Prisma.Sql) => Prisma.sql`
      LEFT JOIN device_presence_day ${Prisma.raw(of)}
        ON ${Prisma.raw(of)}.tenant_id = ${tenant} AND ${Prisma.raw(of)}.day = ${day} AND ${Prisma.raw(of)}.device_key = c.key
      LEFT JOIN LATERAL (SELECT ${sumNames("y")} FROM device_presence_day y
        WHERE ${Prisma.raw(of)}.device_key IS NULL AND y.tenant_id = ${tenant} AND y.device_key = c.key AND y.day < ${day}
        ORDER BY y.day DESC LIMIT 1) ${Prisma.raw(`${of}_before`)} ON true`;
  const told = each(
    (kind) => `(coalesce(ends.${kind}_sum, ends_before.${kind}_sum, 0)
      - coalesce(starts.${kind}_sum, starts_before.${kind}_sum, 0) + coalesce(l.${kind}, 0))::float8`,
  );
  return Prisma.sql`
    last AS MATERIALIZED (
      SELECT max(y.day) AS day FROM device_presence_day y WHERE y.tenant_id = ${tenant}),
    live_sum AS MATERIALIZED (SELECT device_key, ${sums} FROM live GROUP BY device_key),
    device_sum AS MATERIALIZED (
      SELECT c.*, ${told} FROM chosen c LEFT JOIN live_sum l ON l.device_key = c.key
      ${rowBefore("ends", Prisma.sql`(SELECT day FROM last)`)}
      ${rowBefore("starts", Prisma.sql`(${from}::date - 1)`)}
      WHERE l.device_key IS NOT NULL OR ends.device_key IS NOT NULL)`;
}

function daySumSql({ from, byOthers }: AvailabilityAt, tenant: Prisma.Sql): Prisma.Sql {
  const days = byOthers
    ? Prisma.sql`
        SELECT p.day, ${Prisma.raw(kinds.map((kind) => `p.${kind}`).join(", "))} FROM presence_day p
        WHERE p.tenant_id = ${tenant} AND p.day >= ${from}::date
        UNION ALL
        SELECT y.day, ${Prisma.raw(kinds.map((kind) => `-y.${kind}`).join(", "))}
        FROM device other JOIN device_presence_day y
          ON y.tenant_id = ${tenant} AND y.device_key = other.key AND y.day >= ${from}::date
        WHERE other.tenant_id = ${tenant} AND NOT EXISTS (SELECT FROM chosen c WHERE c.key = other.key)`
    : Prisma.sql`
        SELECT y.day, ${Prisma.raw(kinds.map((kind) => `y.${kind}`).join(", "))}
        FROM chosen c JOIN device_presence_day y
          ON y.tenant_id = ${tenant} AND y.device_key = c.key AND y.day >= ${from}::date`;
  return Prisma.sql`
    day_sum AS (
      SELECT day, ${sums} FROM (${days}) summed GROUP BY day
      UNION ALL SELECT day, ${sums} FROM live GROUP BY day)`;
}

function groupsSql(by: "profile" | "tag", tenant: Prisma.Sql): Prisma.Sql {
  return by === "profile"
    ? Prisma.sql`SELECT 'group', p.id::text, p.name, count(*)::int, NULL, ${sums} FROM device_sum s
        JOIN profile p ON p.tenant_id = ${tenant} AND p.id = s.profile_id GROUP BY p.id, p.name LIMIT 1000`
    : Prisma.sql`SELECT 'group', t.tag, t.tag, count(*)::int, NULL, ${sums} FROM device_sum s
        JOIN device_tag t ON t.tenant_id = ${tenant} AND t.device_key = s.key GROUP BY t.tag
        ORDER BY count(*) DESC, t.tag LIMIT 1000`;
}
