"use client";
import { SlidersHorizontal } from "lucide-react";
import {
  comparisons,
  layouts,
  markKinds,
  splits,
  type ExploreState,
} from "#components/explore/explore-state.ts";
import type { Explore } from "#components/explore/use-explore.ts";
import { LimitList } from "#components/explore/limit-list.tsx";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/input.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { Select } from "#components/ui/select.tsx";
import { aggregates } from "#server/domain/telemetry-query.ts";
import type { ExploreMetric } from "#server/services/explore/choices.ts";

type Choice = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChoose: (value: string) => void;
};

function choicesOf({ state, change }: Explore): readonly Choice[] {
  const pick = <T extends string>(
    all: readonly T[],
    value: string,
    part: (one: T) => Partial<ExploreState>,
  ) => {
    const one = all.find((each) => each === value);
    if (one !== undefined) change(part(one));
  };
  return [
    {
      label: exploreText.layout,
      value: state.layout,
      options: layouts.map((value) => ({ value, label: exploreText.layouts[value] })),
      onChoose: (value) => pick(layouts, value, (layout) => ({ layout })),
    },
    {
      label: exploreText.split,
      value: state.split,
      options: splits.map((value) => ({ value, label: exploreText.splits[value] })),
      onChoose: (value) => pick(splits, value, (split) => ({ split })),
    },
    {
      label: exploreText.aggregate,
      value: state.aggregate,
      options: aggregates.map((value) => ({ value, label: exploreText.aggregates[value] })),
      onChoose: (value) => pick(aggregates, value, (aggregate) => ({ aggregate })),
    },
    {
      label: exploreText.compare,
      value: state.compare ?? "none",
      options: (["none", ...comparisons] as const).map((value) => ({
        value,
        label: exploreText.comparisons[value],
      })),
      onChoose: (value) =>
        value === "none"
          ? change({ compare: null })
          : pick(comparisons, value, (compare) => ({ compare })),
    },
  ];
}

/** How the values are drawn, what is marked, and limits of one's own. */
export function ShownBar({
  explore,
  metrics,
}: {
  readonly explore: Explore;
  readonly metrics: readonly ExploreMetric[];
}) {
  const { state, change } = explore;
  return (
    <Popover
      label={exploreText.shown}
      align="end"
      className="flex max-h-[min(36rem,80dvh)] w-84 max-w-[calc(100vw-1rem)] flex-col gap-4 overflow-y-auto p-3.5"
      trigger={
        <Button size="sm">
          <SlidersHorizontal aria-hidden className="size-3.5" />
          {exploreText.shown}
        </Button>
      }
    >
      <div className="grid grid-cols-2 gap-3">
        {choicesOf(explore).map(({ label, value, options, onChoose }) => (
          <Field key={label} label={label}>
            <Select
              value={value}
              options={options}
              onChange={(event) => onChoose(event.target.value)}
            />
          </Field>
        ))}
      </div>
      <MarkChoices explore={explore} />
      <LimitList
        limits={state.limits}
        metrics={metrics.filter(({ name }) => state.metrics.includes(name))}
        onChange={(limits) => change({ limits })}
      />
    </Popover>
  );
}

function MarkChoices({ explore: { state, change } }: { readonly explore: Explore }) {
  const { hidden } = state;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1.5 text-sm font-medium text-ink">{exploreText.marked}</legend>
      {markKinds.map((kind) => (
        <Checkbox
          key={kind}
          label={exploreText.marks[kind]}
          checked={!hidden.includes(kind)}
          onChange={() =>
            change((now) => ({
              hidden: now.hidden.includes(kind)
                ? now.hidden.filter((other) => other !== kind)
                : [...now.hidden, kind],
            }))
          }
        />
      ))}
    </fieldset>
  );
}
