// Said here, so that the compiler does not read a megabyte of coordinates to find it out.
declare module "world-atlas/countries-110m.json" {
  import type { World } from "#components/map/world-shapes.ts";
  const world: World;
  export default world;
}
declare module "world-atlas/countries-50m.json" {
  import type { World } from "#components/map/world-shapes.ts";
  const world: World;
  export default world;
}
