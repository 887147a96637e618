import { describe, expect, it } from "vitest";
import { boundsOf, maxZoom, pixelOf, planeOf, viewOf } from "#components/map/projection.ts";

const size = { width: 1000, height: 600 };

describe("a view of bounds", () => {
  it.each([
    ["a country", { south: 47, north: 55, west: 6, east: 15 }],
    ["a city", { south: 53.4, north: 53.7, west: 9.7, east: 10.3 }],
    ["the southern west", { south: -35, north: -30, west: -60, east: -55 }],
  ])("shows all of %s", (_, bounds) => {
    const shown = boundsOf(viewOf(bounds, size), size);
    expect(shown.south).toBeLessThanOrEqual(bounds.south + 1e-6);
    expect(shown.north).toBeGreaterThanOrEqual(bounds.north - 1e-6);
    expect(shown.west).toBeLessThanOrEqual(bounds.west + 1e-6);
    expect(shown.east).toBeGreaterThanOrEqual(bounds.east - 1e-6);
    const wide = (shown.east - shown.west) / (bounds.east - bounds.west);
    const high = (shown.north - shown.south) / (bounds.north - bounds.south);
    expect(Math.min(wide, high)).toBeCloseTo(1, 1);
  });

  it("goes no closer than it can", () => {
    const point = { south: 1, north: 1.000_000_1, west: 1, east: 1.000_000_1 };
    expect(viewOf(point, size).k).toBe(maxZoom);
  });

  it("shows the world in whole", () => {
    const view = viewOf({ south: -85, north: 85, west: -180, east: 180 }, size);
    expect(view.k).toBe(1);
    expect(boundsOf(view, size)).toMatchObject({ west: -180, east: 180 });
  });
});

it("draws a place in the middle of its bounds in the middle of the map", () => {
  const view = viewOf({ south: -10, north: 10, west: 20, east: 40 }, size);
  const [x, y] = pixelOf(planeOf(size), view, { latitude: 0, longitude: 30 });
  expect([x, y].map(Math.round)).toEqual([500, 300]);
});
