"use client";
import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from "d3-zoom";
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { maxZoom, type Size, type View } from "#components/map/projection.ts";

const step = 1.8;
/** Pixels that an arrow key moves the map. */
const stride = 80;

export type MapControl = {
  readonly view: View;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
  readonly show: (view: View) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
};

type Surface = Selection<SVGSVGElement, unknown, null, undefined>;
type Zooming = ZoomBehavior<SVGSVGElement, unknown>;

/**
 * Moves and zooms a map: by pointer, wheel and touch on `surface`, and by keys.
 * @param start where the map begins, and what `fit` and the key 0 come back to; another one moves it
 */
export function useMapView(
  surface: RefObject<SVGSVGElement | null>,
  size: Size,
  start: View,
): MapControl {
  const [view, setView] = useState(start);
  const withZooming = useZooming(surface, size, setView);
  const show = (to: View) =>
    withZooming((zooming, svg) =>
      zooming.transform(svg, zoomIdentity.translate(to.x, to.y).scale(to.k)),
    );
  const scaleBy = (by: number) => withZooming((zooming, svg) => zooming.scaleBy(svg, by));
  const move = (x: number, y: number) =>
    withZooming((zooming, svg) => zooming.translateBy(svg, x / view.k, y / view.k));

  const { k, x, y } = start;
  useEffect(() => {
    withZooming((zooming, svg) => zooming.transform(svg, zoomIdentity.translate(x, y).scale(k)));
  }, [withZooming, k, x, y]);

  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => move(stride, 0),
    ArrowRight: () => move(-stride, 0),
    ArrowUp: () => move(0, stride),
    ArrowDown: () => move(0, -stride),
    "+": () => scaleBy(step),
    "=": () => scaleBy(step),
    "-": () => scaleBy(1 / step),
    "0": () => show(start),
  };
  return {
    view,
    zoomIn: () => scaleBy(step),
    zoomOut: () => scaleBy(1 / step),
    fit: () => show(start),
    show,
    onKeyDown: (event) => {
      const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    },
  };
}

/** @returns a function that does something with the zooming, once the map is there */
function useZooming(
  surface: RefObject<SVGSVGElement | null>,
  { width, height }: Size,
  onView: (view: View) => void,
): (work: (zooming: Zooming, svg: Surface) => void) => void {
  const current = useRef<{ zooming: Zooming; svg: Surface } | null>(null);
  const [withZooming] = useState(() => (work: (zooming: Zooming, svg: Surface) => void) => {
    if (current.current !== null) work(current.current.zooming, current.current.svg);
  });
  useEffect(() => {
    if (surface.current === null) return;
    const svg = select(surface.current);
    const zooming: Zooming = zoom<SVGSVGElement, unknown>()
      .scaleExtent([1, maxZoom])
      // The world is a square of the map's width.
      .translateExtent([
        [0, (height - width) / 2],
        [width, (height + width) / 2],
      ])
      .on("zoom", ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) =>
        onView({ k: transform.k, x: transform.x, y: transform.y }),
      );
    svg.call(zooming);
    current.current = { zooming, svg };
    return () => {
      svg.on(".zoom", null);
      current.current = null;
    };
  }, [surface, width, height, onView]);
  return withZooming;
}
