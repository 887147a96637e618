"use client";
import clsx from "clsx";
import Link from "next/link";
import { pixelOf, planeOf, type Size, type View } from "#components/map/projection.ts";
import { mapText } from "#components/strings/map.ts";
import { formatCount } from "#components/ui/format.ts";
import { presenceNames } from "#server/domain/presence.ts";
import type { MapMark } from "#server/services/device/map.ts";

/** Degrees: half a metre. */
const nearest = 0.000_005;

type Tone = "ok" | "bad" | "idle";

const fills: Readonly<Record<Tone, string>> = {
  ok: "border-ok bg-ok-soft text-ok",
  bad: "border-bad bg-bad-soft text-bad",
  idle: "border-idle bg-idle-soft text-idle",
};

/** One overdue device among many is what an operator must see. */
function toneOf({ devices, online, overdue }: MapMark): Tone {
  if (overdue > 0) return "bad";
  return online === devices ? "ok" : "idle";
}

/** Grows with the number, slowly: ten times as many are not ten times as wide. */
function diameterOf(devices: number): number {
  return devices === 1 ? 16 : Math.min(64, 22 + 9 * Math.log10(devices));
}

/** The devices over the map; a mark of many zooms in on them, one of a single device opens it. */
export function MapMarks({
  marks,
  size,
  view,
  onZoom,
}: {
  readonly marks: readonly MapMark[];
  readonly size: Size;
  readonly view: View;
  readonly onZoom: (mark: MapMark) => void;
}) {
  const plane = planeOf(size);
  return (
    <ul aria-label={mapText.list} className="pointer-events-none absolute inset-0">
      {marks.map((mark) => {
        const [left, top] = pixelOf(plane, view, mark);
        const key = mark.device?.deviceId ?? `${mark.latitude} ${mark.longitude} ${mark.devices}`;
        if (left < 0 || top < 0 || left > size.width || top > size.height) return null;
        return (
          <li key={key} className="absolute size-0" style={{ left, top }}>
            <Mark mark={mark} onZoom={onZoom} />
          </li>
        );
      })}
    </ul>
  );
}

/** No map is close enough to tell them apart. */
function isOnePlace({ bounds: { south, north, west, east } }: MapMark): boolean {
  return north - south < nearest && Math.abs(east - west) < nearest;
}

/** Devices in one place: the table lists them. */
function Place({ mark, look }: { readonly mark: MapMark; readonly look: object }) {
  const { south, west, north, east } = mark.bounds;
  const bounds = [south - nearest, west - nearest, north + nearest, east + nearest].join(",");
  const devices = formatCount(mark.devices);
  const label = mapText.place(devices);
  return (
    <Link
      {...look}
      href={`/devices?bounds=${bounds}`}
      prefetch={false}
      aria-label={label}
      title={label}
    >
      {devices}
    </Link>
  );
}

function Mark({
  mark,
  onZoom,
}: {
  readonly mark: MapMark;
  readonly onZoom: (mark: MapMark) => void;
}) {
  const diameter = diameterOf(mark.devices);
  const look = {
    className: clsx(
      "pointer-events-auto absolute flex -translate-1/2 items-center justify-center rounded-full border-[1.5px]",
      "text-xs font-semibold tabular-nums hover:z-10 focus-visible:z-10",
      fills[toneOf(mark)],
    ),
    style: { width: diameter, height: diameter },
  };
  if (mark.device !== null) {
    const label = mapText.one(mark.device.name, presenceNames[mark.device.presence]);
    return (
      <Link
        {...look}
        href={`/devices/${encodeURIComponent(mark.device.deviceId)}`}
        prefetch={false}
        aria-label={label}
        title={label}
      />
    );
  }
  if (isOnePlace(mark)) return <Place mark={mark} look={look} />;
  const [devices, online, overdue] = [mark.devices, mark.online, mark.overdue].map(formatCount);
  const label = mapText.mark(devices ?? "", online ?? "", overdue ?? "");
  return (
    <button {...look} type="button" aria-label={label} title={label} onClick={() => onZoom(mark)}>
      {devices}
    </button>
  );
}
