import { Prisma } from "#server/db/generated/client.ts";
import type { MapBounds } from "#server/domain/map-grid.ts";

/** That the device `d` lies within the bounds, across the date line too. NULL is nowhere. */
export function boundsSql({ south, west, north, east }: MapBounds): Prisma.Sql {
  const between =
    west <= east
      ? Prisma.sql`d.longitude BETWEEN ${west}::float8 AND ${east}::float8`
      : Prisma.sql`(d.longitude >= ${west}::float8 OR d.longitude <= ${east}::float8)`;
  return Prisma.sql`(d.latitude BETWEEN ${south}::float8 AND ${north}::float8 AND ${between})`;
}
