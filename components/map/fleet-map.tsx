"use client";
import { useQuery } from "@tanstack/react-query";
import { Maximize, Minus, Plus } from "lucide-react";
import { useDeferredValue, useRef } from "react";
import { MapMarks } from "#components/map/map-marks.tsx";
import { extentQuery, marksQuery } from "#components/map/map-queries.ts";
import { boundsOf, viewOf, type Size, type View } from "#components/map/projection.ts";
import { useMapView, type MapControl } from "#components/map/use-map-view.ts";
import { useSize } from "#components/map/use-size.ts";
import { WorldLayer } from "#components/map/world-layer.tsx";
import { mapText } from "#components/strings/map.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { roomAround, roomOfMap, roomOfMark, world } from "#server/domain/map-grid.ts";

/** Pixels of a cell of the grid that devices are gathered by. */
const cellPixels = 52;

/** A map of a selection's located devices; it fills its parent. `room`: degrees around them, at least. */
export function FleetMap({
  devices,
  room = roomOfMap,
}: {
  readonly devices: DeviceSelection;
  readonly room?: number;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const extent = useQuery(extentQuery(devices));
  return (
    <div ref={frame} className="relative size-full overflow-hidden rounded border border-line">
      {size !== null && size.width > 0 && size.height > 0 && extent.data !== undefined && (
        <SizedMap
          devices={devices}
          size={size}
          start={viewOf(roomAround(extent.data.bounds ?? world, room), size)}
        />
      )}
      {extent.isError && <Failed message={extent.error.message} />}
    </div>
  );
}

function SizedMap({
  devices,
  size,
  start,
}: {
  readonly devices: DeviceSelection;
  readonly size: Size;
  readonly start: View;
}) {
  const surface = useRef<SVGSVGElement>(null);
  const map = useMapView(surface, size, start);
  const shown = useDeferredValue(map.view);
  const marks = useQuery(marksQuery(questionOf(devices, shown, size)));
  return (
    <>
      <svg
        ref={surface}
        role="img"
        aria-label={mapText.map}
        className="absolute inset-0 size-full touch-none bg-sunken"
      >
        <WorldLayer size={size} view={map.view} />
      </svg>
      <MapMarks
        marks={marks.data ?? []}
        size={size}
        view={map.view}
        onZoom={({ bounds }) => map.show(viewOf(roomAround(bounds, roomOfMark), size))}
      />
      <Controls map={map} />
      <p className="pointer-events-none absolute right-2 bottom-1 text-xs text-ink-3">
        {mapText.attribution}
      </p>
      {marks.isError && <Failed message={marks.error.message} />}
    </>
  );
}

function Failed({ message }: { readonly message: string }) {
  return (
    <div className="absolute top-3 right-14 left-3">
      <ErrorNote remedy={message}>{mapText.failed}</ErrorNote>
    </div>
  );
}

function questionOf(devices: DeviceSelection, view: View, size: Size) {
  return {
    devices,
    bounds: boundsOf(view, size),
    columns: Math.min(60, Math.max(1, Math.ceil(size.width / cellPixels))),
    rows: Math.min(60, Math.max(1, Math.ceil(size.height / cellPixels))),
  };
}

/** Each of them takes the keys that move the map. */
function Controls({ map }: { readonly map: MapControl }) {
  const controls = [
    { label: mapText.zoomIn, onClick: map.zoomIn, Icon: Plus },
    { label: mapText.zoomOut, onClick: map.zoomOut, Icon: Minus },
    { label: mapText.fit, onClick: map.fit, Icon: Maximize },
  ];
  return (
    <div className="absolute top-3 right-3 flex flex-col gap-1">
      {controls.map(({ label, onClick, Icon }) => (
        <Button
          key={label}
          size="sm"
          iconOnly
          aria-label={label}
          title={`${label}. ${mapText.keys}`}
          onClick={onClick}
          onKeyDown={map.onKeyDown}
        >
          <Icon aria-hidden className="size-3.5" />
        </Button>
      ))}
    </div>
  );
}
