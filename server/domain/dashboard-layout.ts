import { gridColumns, type Widget } from "#server/domain/dashboard.ts";

/** Where something lies on the grid, in cells. */
export type Box = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
};

export type Direction = "left" | "right" | "up" | "down";

const overlaps = (a: Box, b: Box): boolean =>
  a.id !== b.id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const sharesColumns = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w;

/** Top to bottom, then left to right: the order on a phone and for those who listen. */
export function inReadingOrder<T extends Box>(boxes: readonly T[]): readonly T[] {
  return boxes.toSorted((a, b) => a.y - b.y || a.x - b.x);
}

/**
 * Pushes apart what overlaps and closes the gaps above. `first` keeps its place where two want the
 * same one. The order of the list stays.
 */
export function settle<T extends Box>(boxes: readonly T[], first?: string): readonly T[] {
  const wanted = boxes.toSorted(
    (a, b) => a.y - b.y || Number(b.id === first) - Number(a.id === first) || a.x - b.x,
  );
  const placed: T[] = [];
  for (const box of wanted) {
    const meets = (y: number) => placed.some((each) => overlaps({ ...box, y }, each));
    let { y } = box;
    while (meets(y)) y += 1;
    while (y > 0 && !meets(y - 1)) y -= 1;
    placed.push({ ...box, y });
  }
  const byId = new Map(placed.map((box) => [box.id, box]));
  return boxes.map((box) => byId.get(box.id) ?? box);
}

const clamp = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));

/** One step: a column to the side, or past the next neighbour above or below. */
export function moveBox<T extends Box>(
  boxes: readonly T[],
  id: string,
  direction: Direction,
): readonly T[] {
  const box = boxes.find((each) => each.id === id);
  if (box === undefined) return boxes;
  const to = targetOf(boxes, box, direction);
  if (to.x === box.x && to.y === box.y) return boxes;
  return settle(
    boxes.map((each) => (each.id === id ? { ...each, ...to } : each)),
    id,
  );
}

function targetOf(
  boxes: readonly Box[],
  box: Box,
  direction: Direction,
): { readonly x: number; readonly y: number } {
  const beside = boxes.filter((each) => each.id !== box.id && sharesColumns(each, box));
  switch (direction) {
    case "left":
      return { x: clamp(box.x - 1, 0, gridColumns - box.w), y: box.y };
    case "right":
      return { x: clamp(box.x + 1, 0, gridColumns - box.w), y: box.y };
    case "up": {
      const above = beside.filter((each) => each.y + each.h <= box.y);
      return { x: box.x, y: above.length === 0 ? 0 : Math.max(...above.map(({ y }) => y)) };
    }
    case "down": {
      const below = beside.filter((each) => each.y >= box.y + box.h);
      const bottoms = below.map((each) => each.y + each.h);
      return { x: box.x, y: bottoms.length === 0 ? box.y : Math.min(...bottoms) };
    }
  }
}

/** One cell wider, narrower, higher or lower. */
export function resizeBox<T extends Box>(
  boxes: readonly T[],
  id: string,
  by: { readonly w: number; readonly h: number },
): readonly T[] {
  return settle(
    boxes.map((each) =>
      each.id === id
        ? {
            ...each,
            w: clamp(each.w + by.w, 1, gridColumns - each.x),
            h: clamp(each.h + by.h, 1, 40),
          }
        : each,
    ),
    id,
  );
}

/** The first free place of that size, from the top. */
export function freePlace(
  boxes: readonly Box[],
  size: { readonly w: number; readonly h: number },
): { readonly x: number; readonly y: number } {
  const bottom = Math.max(0, ...boxes.map(({ y, h }) => y + h));
  for (let y = 0; y < bottom; y += 1) {
    for (let x = 0; x + size.w <= gridColumns; x += 1) {
      const box = { id: "", x, y, w: size.w, h: size.h };
      if (!boxes.some((each) => overlaps(box, each))) return { x, y };
    }
  }
  return { x: 0, y: bottom };
}

/** Takes over places from what was dragged; widgets that it does not name stay. */
export function placed(widgets: readonly Widget[], boxes: readonly Box[]): readonly Widget[] {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  return settle(
    widgets.map((widget) => {
      const box = byId.get(widget.id);
      if (box === undefined) return widget;
      const { x, y, w, h } = box;
      return { ...widget, x, y, w, h };
    }),
  );
}
