import { geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { planeOf, type Size } from "#components/map/projection.ts";

/** What the files of world-atlas hold. */
export type World = Topology<{
  readonly countries: GeometryCollection<{ readonly name: string }>;
  readonly land: GeometryCollection;
}>;

/** Land and borders as SVG paths on the plane, and the countries' names with their middle. */
export type WorldShapes = {
  readonly land: string;
  readonly borders: string;
  readonly names: readonly {
    readonly name: string;
    readonly x: number;
    readonly y: number;
    /** Width on the plane: a name is written where its country is wide enough. */
    readonly width: number;
  }[];
};

/** Coarse for the whole world, fine for a country: 40 and 240 kB, fetched when they are needed. */
export type WorldDetail = "coarse" | "fine";

async function load(detail: WorldDetail) {
  const file =
    detail === "coarse"
      ? await import("world-atlas/countries-110m.json")
      : await import("world-atlas/countries-50m.json");
  return file.default;
}

/** The world for a map of the size. Data by Natural Earth, public domain. */
export async function worldShapes(detail: WorldDetail, size: Size): Promise<WorldShapes> {
  const world = await load(detail);
  const path = geoPath(planeOf(size)).digits(detail === "coarse" ? 1 : 2);
  const { countries, land } = world.objects;
  return {
    land: path(feature(world, land)) ?? "",
    borders: path(mesh(world, countries, (a, b) => a !== b)) ?? "",
    names: feature(world, countries).features.map((country) => {
      const [x, y] = path.centroid(country);
      const [[left], [right]] = path.bounds(country);
      return { name: country.properties.name, x, y, width: right - left };
    }),
  };
}
