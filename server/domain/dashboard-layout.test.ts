import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  freePlace,
  inReadingOrder,
  moveBox,
  resizeBox,
  settle,
  type Box,
} from "#server/domain/dashboard-layout.ts";

const box = (id: string, x: number, y: number, w = 6, h = 2): Box => ({ id, x, y, w, h });
const at = (boxes: readonly Box[], id: string) => {
  const found = boxes.find((each) => each.id === id);
  return [found?.x, found?.y, found?.w, found?.h];
};

const anyBoxes = fc.array(
  fc.record({
    x: fc.nat(11),
    y: fc.nat(20),
    w: fc.integer({ min: 1, max: 12 }),
    h: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 20 },
);

describe("the places of widgets", () => {
  it("never overlap, and have no gap above them", () => {
    fc.assert(
      fc.property(anyBoxes, (boxes) => {
        const settled = settle(
          boxes.map((each, index) => ({
            ...each,
            x: Math.min(each.x, 12 - each.w),
            id: String(index),
          })),
        );
        for (const a of settled) {
          const others = settled.filter((each) => each.id !== a.id);
          const meets = (y: number) =>
            others.some(
              (b) => a.x < b.x + b.w && b.x < a.x + a.w && y < b.y + b.h && b.y < y + a.h,
            );
          expect(meets(a.y)).toBe(false);
          expect(a.y === 0 || meets(a.y - 1)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("change by one step in each direction", () => {
    const boxes = [box("a", 0, 0), box("b", 6, 0), box("c", 0, 2)];

    expect(at(moveBox(boxes, "a", "right"), "a")).toEqual([1, 0, 6, 2]);
    expect(at(moveBox(boxes, "a", "left"), "a")).toEqual([0, 0, 6, 2]);
    expect(at(moveBox(boxes, "a", "down"), "a")).toEqual([0, 2, 6, 2]);
    expect(at(moveBox(boxes, "a", "down"), "c")).toEqual([0, 0, 6, 2]);
    expect(at(moveBox(boxes, "c", "up"), "c")).toEqual([0, 0, 6, 2]);
    expect(at(moveBox(boxes, "c", "up"), "a")).toEqual([0, 2, 6, 2]);
  });

  it("grow and shrink within the grid, and push what is in the way", () => {
    const boxes = [box("a", 0, 0), box("b", 6, 0)];

    expect(at(resizeBox(boxes, "a", { w: 1, h: 0 }), "a")).toEqual([0, 0, 7, 2]);
    expect(at(resizeBox(boxes, "a", { w: 1, h: 0 }), "b")).toEqual([6, 2, 6, 2]);
    expect(at(resizeBox(boxes, "b", { w: 5, h: -9 }), "b")).toEqual([6, 0, 6, 1]);
  });

  it("are found for what is new", () => {
    expect(freePlace([box("a", 0, 0)], { w: 6, h: 2 })).toEqual({ x: 6, y: 0 });
    expect(freePlace([box("a", 0, 0)], { w: 7, h: 2 })).toEqual({ x: 0, y: 2 });
    expect(freePlace([], { w: 3, h: 2 })).toEqual({ x: 0, y: 0 });
  });

  it("are read from top to bottom, then from left to right", () => {
    const order = inReadingOrder([box("c", 0, 2), box("b", 6, 0), box("a", 0, 0)]);

    expect(order.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
});
