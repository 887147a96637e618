"use client";
import { useState } from "react";
import { annotationWords, instantText } from "#components/charts/annotation-words.ts";
import { endOf, marksOf, toneOf, type Mark } from "#components/charts/marks.ts";
import type { Observed } from "#components/charts/observed.ts";
import type { Box, Frame, Place } from "#components/charts/paths.ts";
import type { Annotation, TimeRange } from "#components/charts/series.ts";
import { usePlace } from "#components/charts/use-view.ts";
import { chartText } from "#components/strings/charts.ts";

const colours = {
  accent: "var(--accent)",
  ok: "var(--ok)",
  warn: "var(--warn)",
  bad: "var(--bad)",
  idle: "var(--idle)",
} as const;

/** Shapes differ with the kind, so that colour is not alone. Around 0, 0. */
const shapes: Readonly<Record<Annotation["kind"], string>> = {
  note: "M-4,-4H4V2L0,5L-4,2Z",
  connected: "M-4,3L0,-4L4,3Z",
  disconnected: "M-4,-3L0,4L4,-3Z",
  alert: "M0,-5L5,0L0,5L-5,0Z",
  rotation: "M-4,0A4,4 0 1 0 4,0A4,4 0 1 0 -4,0Z",
};

const bubbleWidth = 260;
const mostLines = 6;

/** What happened, along the top of the plot. One stop of the Tab key; arrows go from mark to mark. */
export function AnnotationMarks({
  annotations,
  frame,
  shown,
  onChoose,
}: {
  readonly annotations: readonly Annotation[];
  readonly frame: Frame;
  readonly shown: Observed<TimeRange>;
  readonly onChoose: ((annotation: Annotation) => void) | undefined;
}) {
  const [opened, setOpened] = useState<string | null>(null);
  const [stop, setStop] = useState<string | null>(null);
  const { area } = frame;
  const { place } = usePlace(shown, frame);
  const marks = marksOf(annotations, place.x, [area.x, area.x + area.width]);
  const open = marks.find(({ id }) => id === opened);
  const tabStop = marks.find(({ id }) => id === stop)?.id ?? marks[0]?.id;
  if (marks.length === 0) return null;
  return (
    // SVG has no elements of its own for a group with a name and for a button.
    // eslint-disable-next-line jsx-a11y/prefer-tag-over-role
    <g role="group" aria-label={chartText.marks}>
      {marks.map((mark) => (
        <MarkLine key={mark.id} mark={mark} area={area} place={place} />
      ))}
      {marks.map((mark) => (
        <MarkHandle
          key={mark.id}
          mark={mark}
          y={area.y - 9}
          isTabStop={mark.id === tabStop}
          onShow={(isShown) => {
            setOpened(isShown ? mark.id : null);
            if (isShown) setStop(mark.id);
          }}
          onChoose={onChoose}
        />
      ))}
      {open !== undefined && <Bubble mark={open} area={area} />}
    </g>
  );
}

function MarkLine({
  mark,
  area,
  place,
}: {
  readonly mark: Mark;
  readonly area: Box;
  readonly place: Place;
}) {
  const colour = colours[toneOf(mark)];
  return (
    <g pointerEvents="none">
      <line
        x1={mark.x}
        x2={mark.x}
        y1={area.y - 4}
        y2={area.y + area.height}
        stroke={colour}
        strokeOpacity={0.55}
        strokeDasharray="2 3"
      />
      {mark.annotations.map((annotation) => {
        const from = Math.max(place.x(annotation.from), area.x);
        const width = endOf(annotation, place.x, area.x + area.width) - from;
        if (width <= 1) return null;
        return (
          <rect
            key={annotation.id}
            x={from}
            y={area.y}
            width={width}
            height={area.height}
            fill={colours[annotation.tone]}
            fillOpacity={0.07}
          />
        );
      })}
    </g>
  );
}

function moveFocus(from: SVGGElement, by: number) {
  const all = [...(from.parentElement?.querySelectorAll<SVGGElement>("[data-mark]") ?? [])];
  all[all.indexOf(from) + by]?.focus();
}

function MarkHandle({
  mark,
  y,
  isTabStop,
  onShow,
  onChoose,
}: {
  readonly mark: Mark;
  readonly y: number;
  readonly isTabStop: boolean;
  readonly onShow: (isShown: boolean) => void;
  readonly onChoose: ((annotation: Annotation) => void) | undefined;
}) {
  const first = mark.annotations[0];
  if (first === undefined) return null;
  const chosen = mark.annotations.find(({ kind }) => kind === "note") ?? first;
  return (
    <g
      // eslint-disable-next-line jsx-a11y/prefer-tag-over-role -- in SVG there is no button
      role="button"
      data-mark
      tabIndex={isTabStop ? 0 : -1}
      aria-label={mark.annotations.slice(0, mostLines).map(annotationWords).join(". ")}
      transform={`translate(${mark.x},${y})`}
      className="pointer-events-auto cursor-pointer outline-none [&:focus-visible>circle]:opacity-100"
      onPointerEnter={() => onShow(true)}
      onPointerLeave={() => onShow(false)}
      onFocus={() => onShow(true)}
      onBlur={() => onShow(false)}
      onClick={() => onChoose?.(chosen)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") onChoose?.(chosen);
        else if (event.key === "ArrowRight") moveFocus(event.currentTarget, 1);
        else if (event.key === "ArrowLeft") moveFocus(event.currentTarget, -1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <rect x={-8} y={-8} width={16} height={16} fill="transparent" />
      <circle r={8} fill="none" stroke="var(--accent)" strokeWidth={2} className="opacity-0" />
      <path d={shapes[first.kind]} fill={colours[toneOf(mark)]} />
      {mark.annotations.length > 1 && (
        <text x={7} y={4} fontSize={10} fill="var(--ink-3)">
          {mark.annotations.length}
        </text>
      )}
    </g>
  );
}

/** The words of a mark, below it and inside of the plot. */
function Bubble({ mark, area }: { readonly mark: Mark; readonly area: Box }) {
  const { annotations } = mark;
  const lines = annotations.slice(0, mostLines);
  const wanted = mark.x - bubbleWidth / 2;
  const left = Math.min(Math.max(0, wanted), Math.max(0, area.x + area.width - bubbleWidth));
  return (
    <foreignObject
      x={left}
      y={area.y + 4}
      width={bubbleWidth}
      height={30 + lines.length * 56}
      className="pointer-events-none overflow-visible"
    >
      <div
        aria-hidden
        className="flex flex-col gap-1 rounded border border-line bg-surface px-2.5 py-1.5 text-sm shadow-float"
      >
        {annotations.length > 1 && (
          <p className="text-xs text-ink-3">{chartText.several(annotations.length)}</p>
        )}
        {lines.map((annotation) => (
          <p key={annotation.id} className="text-ink">
            <span className="block text-xs text-ink-3">
              {chartText.markKinds[annotation.kind]} · {instantText(annotation.from)}
            </span>
            <span className="line-clamp-2 break-words">{annotation.text}</span>
          </p>
        ))}
        {annotations.length > lines.length && (
          <p className="text-xs text-ink-3">
            {chartText.moreRows(annotations.length - lines.length)}
          </p>
        )}
      </div>
    </foreignObject>
  );
}
