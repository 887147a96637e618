import type { z } from "zod";
import type { mapBoundsSchema } from "#server/domain/map-grid-schema.ts";

/** Latitudes beyond this are infinitely far up in the Mercator projection; maps end here. */
const maxMercatorLatitude = 85.05;

/** A part of the map in degrees of WGS 84; `west` may be greater than `east` across the date line. */
export type MapBounds = z.output<typeof mapBoundsSchema>;

/** The whole world, as far as maps show it. */
export const world: MapBounds = {
  south: -maxMercatorLatitude,
  west: -180,
  north: maxMercatorLatitude,
  east: 180,
};

/** Height of a latitude in the Mercator projection, where the equator is 0 and the poles are ±π. */
export function mercatorY(latitude: number): number {
  const bounded = Math.max(-maxMercatorLatitude, Math.min(maxMercatorLatitude, latitude));
  return Math.log(Math.tan(Math.PI / 4 + (bounded * Math.PI) / 360));
}

/** Width in degrees, also across the date line. */
export function widthOf({ west, east }: MapBounds): number {
  return west < east ? east - west : east - west + 360;
}

/** Room around the devices of a whole map: never so close that one building fills the screen. */
export const roomOfMap = 0.02;
/** Room around one device alone: so much that a coast or a border says where it is. */
export const roomOfPlace = 0.75;
/** Room around devices that somebody wants to tell apart, degrees: some forty metres. */
export const roomOfMark = 0.0004;

/**
 * Bounds that show everything between the outermost devices with some room around them.
 * @param least degrees on each side
 */
export function roomAround(extent: MapBounds, least: number): MapBounds {
  const pad = (low: number, high: number) => Math.max((high - low) * 0.12, least);
  const vertical = pad(extent.south, extent.north);
  const horizontal = pad(extent.west, extent.east);
  return {
    south: Math.max(-maxMercatorLatitude, extent.south - vertical),
    north: Math.min(maxMercatorLatitude, extent.north + vertical),
    west: Math.max(-180, extent.west - horizontal),
    east: Math.min(180, extent.east + horizontal),
  };
}
