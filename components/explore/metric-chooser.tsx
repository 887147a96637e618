"use client";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Input } from "#components/ui/input.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import { maxMetrics } from "#server/domain/telemetry-query.ts";
import type { ExploreMetric } from "#server/services/explore/choices.ts";

/** More are found by name. */
const shownMetrics = 100;

type Chosen = {
  readonly metrics: readonly ExploreMetric[];
  readonly chosen: readonly string[];
  readonly onToggle: (metric: string) => void;
};

/** Which metrics are drawn, behind a button. */
export function MetricChooser(props: Chosen) {
  return (
    <Popover
      label={exploreText.metrics}
      className="w-80 max-w-[calc(100vw-1rem)] p-2"
      trigger={
        <Button size="sm">
          {props.chosen.length === 0
            ? exploreText.chooseMetrics
            : exploreText.metricCount(props.chosen.length)}
          <ChevronDown aria-hidden className="size-3.5" />
        </Button>
      }
    >
      <MetricList {...props} />
    </Popover>
  );
}

/** The metrics as a list to tick, those that devices sent first. */
export function MetricList({ metrics, chosen, onToggle }: Chosen) {
  const [text, setText] = useState("");
  const units = useUnits();
  const wanted = text.trim().toLowerCase();
  const found = metrics.filter(({ name }) => name.toLowerCase().includes(wanted));
  const isFull = chosen.length >= maxMetrics;
  return (
    <div className="flex flex-col gap-2">
      {metrics.length > 8 && (
        <Input
          type="search"
          aria-label={exploreText.findMetric}
          placeholder={exploreText.findMetric}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {isFull && <p className="px-1 text-sm text-ink-3">{exploreText.mostMetrics(maxMetrics)}</p>}
      <ul className="flex max-h-80 flex-col gap-1 overflow-y-auto px-1 py-0.5">
        {found.slice(0, shownMetrics).map((metric) => {
          const isChosen = chosen.includes(metric.name);
          return (
            <li key={metric.name}>
              <Checkbox
                label={nameOf(metric, units(metric.unit).unit)}
                hint={hintOf(metric)}
                checked={isChosen}
                disabled={isFull && !isChosen}
                onChange={() => onToggle(metric.name)}
              />
            </li>
          );
        })}
      </ul>
      {found.length === 0 && <p className="px-1 text-sm text-ink-3">{exploreText.noMetricFound}</p>}
    </div>
  );
}

function nameOf({ name }: ExploreMetric, unit: string): string {
  return unit === "" ? name : exploreText.inUnit(name, unit);
}

function hintOf({ description, devices, deprecated }: ExploreMetric): string | undefined {
  const parts = [
    ...(description === "" ? [] : [description]),
    ...(deprecated ? [exploreText.retired] : []),
    ...(devices === 0 ? [] : [exploreText.metricSent(devices)]),
  ];
  return parts.length === 0 ? undefined : parts.join(" · ");
}
