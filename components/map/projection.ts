import { geoMercator, type GeoProjection } from "d3-geo";
import { widthOf, type MapBounds } from "#server/domain/map-grid.ts";

/** The part of the plane that is shown: a point p of the plane is drawn at k·p + (x, y). */
export type View = { readonly k: number; readonly x: number; readonly y: number };

export type Size = { readonly width: number; readonly height: number };

/** The longest way in: a cell is some metres wide then. */
export const maxZoom = 40_000;

/** The whole world as wide as the map. */
export function planeOf({ width, height }: Size): GeoProjection {
  return geoMercator()
    .scale(width / (2 * Math.PI))
    .translate([width / 2, height / 2]);
}

/** The view in which the bounds fill the map. */
export function viewOf(bounds: MapBounds, size: Size): View {
  const plane = planeOf(size);
  const east = bounds.west + widthOf(bounds);
  const [left = 0, top = 0] = plane([bounds.west, bounds.north]) ?? [];
  const [right = 0, bottom = 0] = plane([Math.min(east, 180), bounds.south]) ?? [];
  const fits = Math.min(size.width / (right - left || 1), size.height / (bottom - top || 1));
  const k = Math.max(1, Math.min(maxZoom, fits));
  return {
    k,
    x: size.width / 2 - (k * (left + right)) / 2,
    y: size.height / 2 - (k * (top + bottom)) / 2,
  };
}

/** The degrees that a view shows. */
export function boundsOf(view: View, size: Size): MapBounds {
  const plane = planeOf(size);
  const at = (x: number, y: number) =>
    plane.invert?.([(x - view.x) / view.k, (y - view.y) / view.k]) ?? [0, 0];
  const [west, north] = at(0, 0);
  const [east, south] = at(size.width, size.height);
  return {
    south: Math.max(-90, south),
    north: Math.min(90, north),
    west: Math.max(-180, west),
    east: Math.min(180, east),
  };
}

/** Where a place is drawn, pixels from the map's corner. */
export function pixelOf(
  plane: GeoProjection,
  view: View,
  at: { readonly latitude: number; readonly longitude: number },
): readonly [number, number] {
  const [x, y] = plane([at.longitude, at.latitude]) ?? [0, 0];
  return [view.k * x + view.x, view.k * y + view.y];
}
