import { describe, expect, it } from "vitest";
import { mercatorY, roomAround, widthOf, world } from "#server/domain/map-grid.ts";
import { mapBoundsSchema } from "#server/domain/map-grid-schema.ts";

describe("mercatorY", () => {
  it.each([
    [0, 0],
    [85.05, Math.PI],
    [90, Math.PI],
    [-90, -Math.PI],
    [45, 0.8814],
  ])("puts %s° at %s", (latitude, y) => expect(mercatorY(latitude)).toBeCloseTo(y, 3));
});

describe("widthOf", () => {
  it.each([
    [-180, 180, 360],
    [10, 20, 10],
    [170, -170, 20],
    [-10, -20, 350],
  ])("from %s to %s is %s°", (west, east, width) => {
    expect(widthOf({ ...world, west, east })).toBe(width);
  });
});

describe("roomAround", () => {
  it("leaves room around a region", () => {
    const room = roomAround({ south: 50, north: 60, west: 0, east: 20 }, 0.02);
    expect(room).toEqual({ south: 48.8, north: 61.2, west: -2.4, east: 22.4 });
  });
  it("does not go closer than a quarter around one place", () => {
    const room = roomAround({ south: 52, north: 52, west: 13, east: 13 }, 0.02);
    expect(room.north - room.south).toBeCloseTo(0.04);
    expect(room.east - room.west).toBeCloseTo(0.04);
  });
  it("ends where the world does", () => {
    expect(roomAround({ south: -90, north: 90, west: -180, east: 180 }, 0.02)).toEqual(world);
  });
});

describe("mapBoundsSchema", () => {
  it.each([
    [{ south: 10, north: 5, west: 0, east: 1 }],
    [{ south: 10, north: 10, west: 0, east: 1 }],
    [{ south: -91, north: 5, west: 0, east: 1 }],
    [{ south: 0, north: 5, west: "x", east: 1 }],
    [{ south: 0, north: 5, west: 0 }],
  ])("refuses %o", (bounds) => expect(mapBoundsSchema.safeParse(bounds).success).toBe(false));
  it("takes bounds across the date line, as text too", () => {
    const bounds = { south: "-5", north: "5", west: "170", east: "-170" };
    expect(mapBoundsSchema.parse(bounds).west).toBe(170);
  });
});
