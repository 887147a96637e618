"use client";
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import type { Size, View } from "#components/map/projection.ts";
import { worldShapes, type WorldDetail, type WorldShapes } from "#components/map/world-shapes.ts";

/** From here on a country fills the map and the coarse coast would show its corners. */
const fineFrom = 4;
/** A country's name is written where the country is so many pixels wide. */
const nameFrom = 70;

/** Land, borders and the names of countries, under the marks. */
export function WorldLayer({ size, view }: { readonly size: Size; readonly view: View }) {
  const detail: WorldDetail = view.k >= fineFrom ? "fine" : "coarse";
  const coarse = useQuery(shapesQuery("coarse", size));
  const fine = useQuery({ ...shapesQuery("fine", size), enabled: detail === "fine" });
  const shapes = (detail === "fine" ? fine.data : undefined) ?? coarse.data;
  if (shapes === undefined) return null;
  return (
    <>
      <g transform={`translate(${view.x} ${view.y}) scale(${view.k})`}>
        <Land shapes={shapes} />
      </g>
      {shapes.names
        .map((each) => ({ ...each, x: each.x * view.k + view.x, y: each.y * view.k + view.y }))
        .filter(({ x, y, width }) => isSeen({ x, y }, size) && width * view.k > nameFrom)
        .map(({ name, x, y }) => (
          <text
            key={name}
            x={x}
            y={y}
            textAnchor="middle"
            className="pointer-events-none fill-ink-3 text-xs select-none"
          >
            {name}
          </text>
        ))}
    </>
  );
}

function isSeen(at: { readonly x: number; readonly y: number }, { width, height }: Size): boolean {
  return at.x > 0 && at.x < width && at.y > 0 && at.y < height;
}

function shapesQuery(detail: WorldDetail, size: Size) {
  return {
    queryKey: ["world", detail, size.width, size.height],
    queryFn: () => worldShapes(detail, size),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

/** Drawn once; moving the map moves it as a whole. */
const Land = memo(function Land({ shapes }: { readonly shapes: WorldShapes }) {
  return (
    <>
      <path
        d={shapes.land}
        vectorEffect="non-scaling-stroke"
        className="fill-surface stroke-line-strong"
        strokeWidth={0.75}
      />
      <path
        d={shapes.borders}
        vectorEffect="non-scaling-stroke"
        className="fill-none stroke-line"
        strokeWidth={0.75}
      />
    </>
  );
});
