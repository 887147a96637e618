import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import type { DeviceFilterSql } from "#server/db/device-filter-sql.ts";
import { boundsSql } from "#server/db/bounds-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { mercatorY, widthOf, type MapBounds } from "#server/domain/map-grid.ts";
import type { Presence } from "#server/domain/presence.ts";

/** Devices of one cell of the grid. `device` is there when it is one alone. */
export type MapCellRow = {
  readonly latitude: number;
  readonly longitude: number;
  readonly devices: number;
  readonly online: number;
  /** Late, silent or stranded. */
  readonly overdue: number;
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
  readonly deviceId: string;
  readonly name: string;
  readonly presence: Presence;
};

type Grid = { readonly bounds: MapBounds; readonly columns: number; readonly rows: number };

/**
 * The devices of a part of the map, gathered by the cells of a grid over it (Mercator), the fullest
 * first: as many rows as cells, however many devices there are.
 */
export async function gatherByCell(
  tx: Tx,
  { from, where }: DeviceFilterSql,
  at: ReadAt & Grid & { readonly limit: number },
): Promise<readonly MapCellRow[]> {
  const { bounds, columns, rows } = at;
  const width = widthOf(bounds) / columns;
  // From a meridian once around to itself is everywhere.
  const shown = bounds.west === bounds.east ? { ...bounds, west: -180, east: 180 } : bounds;
  const bottom = mercatorY(bounds.south);
  const height = (mercatorY(bounds.north) - bottom) / rows;
  // East of the date line counts on from 180.
  const longitude = Prisma.sql`(CASE WHEN d.longitude < ${bounds.west}::float8 THEN d.longitude + 360 ELSE d.longitude END)`;
  return tx.$queryRaw<MapCellRow[]>`
    SELECT avg(latitude) AS latitude, avg(longitude) AS longitude, count(*)::int AS devices,
      (count(*) FILTER (WHERE presence = 'online'))::int AS online,
      (count(*) FILTER (WHERE presence IN ('late', 'silent', 'stranded')))::int AS overdue,
      min(latitude) AS south, max(latitude) AS north, min(longitude) AS west, max(longitude) AS east,
      min(device_id) AS "deviceId", min(name) AS name, min(presence) AS presence
    FROM (
      SELECT d.latitude, ${longitude} AS longitude, d.device_id, d.name, mp.presence
      FROM ${from} JOIN device_presence mp ON mp.tenant_id = ${at.tenantId}::uuid AND mp.device_key = d.key
      WHERE ${where} AND ${boundsSql(shown)}
    ) AS located
    GROUP BY floor((longitude - ${bounds.west}::float8) / ${width}::float8),
      floor((ln(tan(pi() / 4 + radians(greatest(-85.05, least(85.05, latitude))) / 2)) - ${bottom}::float8) / ${height}::float8)
    ORDER BY count(*) DESC LIMIT ${at.limit}`;
}

/** Where the outermost devices are; the four are null when none has a place. */
export type MapExtentRow = {
  readonly matching: number;
  readonly located: number;
  readonly south: number | null;
  readonly north: number | null;
  readonly west: number | null;
  readonly east: number | null;
};

/** How many devices match, how many of them have a place, and between which degrees they are. */
export async function measureExtent(
  tx: Tx,
  { from, where }: DeviceFilterSql,
): Promise<MapExtentRow> {
  const rows = await tx.$queryRaw<MapExtentRow[]>`
    SELECT count(*)::int AS matching, count(d.latitude)::int AS located, min(d.latitude) AS south,
      max(d.latitude) AS north, min(d.longitude) AS west, max(d.longitude) AS east
    FROM ${from} WHERE ${where}`;
  return rows[0] ?? { matching: 0, located: 0, south: null, north: null, west: null, east: null };
}
