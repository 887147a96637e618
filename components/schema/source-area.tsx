"use client";
import clsx from "clsx";
import { useRef, type RefObject } from "react";
import { placeAt } from "#components/schema/json-positions.ts";
import { Textarea } from "#components/ui/input.tsx";

/** Moves the caret of a text area to an offset and shows it. */
export function showOffset(area: HTMLTextAreaElement | null, offset: number): void {
  if (area === null) return;
  area.focus();
  area.scrollIntoView({ block: "center" });
  area.setSelectionRange(offset, offset);
  const lines = area.value.split("\n").length;
  const { line } = placeAt(area.value, offset);
  area.scrollTop = Math.max(0, ((line - 4) / lines) * area.scrollHeight);
}

/** A text with its line numbers; the lines where something is wrong are marked. */
export function SourceArea({
  label,
  value,
  readOnly,
  marked = [],
  areaRef,
  onChange,
  describedBy,
  className,
}: {
  readonly label: string;
  readonly value: string;
  readonly readOnly: boolean;
  /** Line numbers, from 1. */
  readonly marked?: readonly number[];
  readonly areaRef?: RefObject<HTMLTextAreaElement | null>;
  readonly onChange: (value: string) => void;
  readonly describedBy?: string;
  readonly className?: string;
}) {
  const gutter = useRef<HTMLDivElement>(null);
  return (
    <div
      className={clsx(
        "flex overflow-hidden rounded border border-line-control bg-surface focus-within:outline-2 focus-within:outline-accent",
        className,
      )}
    >
      <Gutter lines={value.split("\n").length} marked={marked} gutter={gutter} />
      <Textarea
        mono
        aria-label={label}
        {...(describedBy !== undefined && { "aria-describedby": describedBy })}
        {...(areaRef !== undefined && { ref: areaRef })}
        value={value}
        readOnly={readOnly}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        className="h-full min-h-0 flex-1 resize-none rounded-none border-0! leading-5 focus-visible:outline-none"
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={({ currentTarget }) => {
          if (gutter.current === null) return;
          gutter.current.style.transform = `translateY(${-currentTarget.scrollTop}px)`;
        }}
      />
    </div>
  );
}

function Gutter({
  lines,
  marked,
  gutter,
}: {
  readonly lines: number;
  readonly marked: readonly number[];
  readonly gutter: RefObject<HTMLDivElement | null>;
}) {
  return (
    <div
      aria-hidden
      className="relative w-11 shrink-0 overflow-hidden border-r border-line bg-sunken"
    >
      <div
        ref={gutter}
        className="absolute inset-x-0 top-2 text-right font-mono text-sm leading-5 text-ink-3 select-none"
      >
        {Array.from({ length: lines }, (_, index) => (
          <div
            key={index}
            className={clsx(
              "pr-2",
              marked.includes(index + 1) && "bg-bad-soft font-semibold text-bad",
            )}
          >
            {index + 1}
          </div>
        ))}
      </div>
    </div>
  );
}
