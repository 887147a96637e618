"use client";
import { useId } from "react";

/** One of several ways, with what speaks for it. */
export type Way<W extends string> = {
  readonly way: W;
  readonly label: string;
  readonly hint: string;
};

/** Asks for one of several ways. */
export function WayChoice<W extends string>({
  legend,
  ways,
  chosen,
  onChoose,
}: {
  readonly legend: string;
  readonly ways: readonly Way<W>[];
  readonly chosen: W;
  readonly onChoose: (way: W) => void;
}) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">{legend}</legend>
      {ways.map(({ way, label, hint }) => (
        <label
          key={way}
          className="grid cursor-pointer grid-cols-[auto_1fr] gap-x-3 rounded border border-line-strong p-3 font-medium text-ink hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft/50"
        >
          <input
            type="radio"
            name={`${id}-way`}
            aria-labelledby={`${id}-${way}`}
            aria-describedby={`${id}-${way}-hint`}
            className="row-span-2 mt-1 self-start accent-accent"
            checked={way === chosen}
            onChange={() => onChoose(way)}
          />
          <span id={`${id}-${way}`}>{label}</span>
          <span id={`${id}-${way}-hint`} className="text-sm font-normal text-ink-2">
            {hint}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
