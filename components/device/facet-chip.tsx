"use client";
import clsx from "clsx";
import { X } from "lucide-react";
import { fleetText } from "#components/strings/device.ts";
import { formatCount } from "#components/ui/format.ts";
import { Menu, MenuCheck } from "#components/ui/menu.tsx";

export type FacetOption<T extends string> = {
  readonly value: T;
  readonly label: string;
  /** Undefined: it is not known yet. */
  readonly count: number | undefined;
};

const chip = "flex h-7.5 items-center border text-base transition-colors duration-100";

type Facet<T extends string> = {
  readonly name: string;
  readonly options: readonly FacetOption<T>[];
  readonly chosen: readonly T[];
  readonly onChange: (chosen: readonly T[]) => void;
};

/** One filter: a chip that opens the choice of values with their counts, and takes them away again. */
export function FacetChip<T extends string>(facet: Facet<T>) {
  const { name, options, chosen, onChange } = facet;
  const active = chosen.length > 0;
  const words = options
    .filter((option) => chosen.includes(option.value))
    .map((option) => option.label.toLowerCase())
    .join(", ");
  return (
    <span className="inline-flex max-w-full">
      <Menu
        align="start"
        className="max-h-96 min-w-56 overflow-y-auto"
        trigger={
          <button
            type="button"
            className={clsx(
              chip,
              "min-w-0 rounded-l px-2.5",
              active
                ? "border-accent bg-accent-soft text-accent"
                : "rounded-r border-line-strong bg-surface text-ink-2 hover:bg-sunken",
            )}
          >
            {active ? (
              <span className="truncate">
                {fleetText.facet(name)} <span className="font-semibold">{words}</span>
              </span>
            ) : (
              name
            )}
          </button>
        }
      >
        <Choices {...facet} />
      </Menu>
      {active && (
        <button
          type="button"
          aria-label={fleetText.removeFacet(name)}
          onClick={() => onChange([])}
          className={clsx(
            chip,
            "rounded-r border-l-0 border-accent bg-accent-soft px-1.5 text-accent hover:bg-surface",
          )}
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </span>
  );
}

function Choices<T extends string>({ options, chosen, onChange }: Facet<T>) {
  function toggle(value: T) {
    onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
  }
  return (
    <>
      {options.map((option) => (
        <MenuCheck
          key={option.value}
          checked={chosen.includes(option.value)}
          onToggle={() => toggle(option.value)}
        >
          <span className="flex-1">{option.label}</span>
          {option.count !== undefined && (
            <span className="text-sm text-ink-3 tabular-nums">{formatCount(option.count)}</span>
          )}
        </MenuCheck>
      ))}
    </>
  );
}
