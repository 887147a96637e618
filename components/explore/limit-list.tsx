"use client";
import { X } from "lucide-react";
import { useState } from "react";
import type { OwnLimit } from "#components/explore/explore-state.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { formatNumber } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import type { ExploreMetric } from "#server/services/explore/choices.ts";

type Drawn = {
  readonly limits: readonly OwnLimit[];
  /** Those that are drawn. */
  readonly metrics: readonly ExploreMetric[];
  readonly onChange: (limits: readonly OwnLimit[]) => void;
};

/** Limits that the reader draws: given and shown in the reader's unit, kept in the schema's. */
export function LimitList({ limits, metrics, onChange }: Drawn) {
  const [metric, setMetric] = useState("");
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const units = useUnits();
  const numbers = metrics.filter(({ type }) => type !== "string");
  const about = numbers.find(({ name }) => name === metric) ?? numbers[0];
  if (about === undefined) return null;
  const { unit, back } = units(about.unit);
  function add() {
    const value = Number(text);
    const isNumber = text.trim() !== "" && Number.isFinite(value);
    setWrong(!isNumber);
    if (!isNumber || about === undefined) return;
    onChange([...limits, { metric: about.name, value: back(value) }]);
    setText("");
  }
  return (
    <form
      className="flex flex-col gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <p className="text-sm font-medium text-ink">{exploreText.limits}</p>
      <div className="grid grid-cols-2 gap-3">
        <Field label={exploreText.limitMetric}>
          <Select
            value={about.name}
            onChange={(event) => setMetric(event.target.value)}
            options={numbers.map(({ name }) => ({ value: name, label: name }))}
          />
        </Field>
        <Field
          label={unit === "" ? exploreText.limitValue : exploreText.limitValueIn(unit)}
          error={isWrong ? exploreText.limitWrong : undefined}
        >
          <Input
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      </div>
      <Button type="submit" size="sm">
        {exploreText.addLimit}
      </Button>
      <Limits limits={limits} metrics={metrics} onChange={onChange} />
    </form>
  );
}

function Limits({ limits, metrics, onChange }: Drawn) {
  const units = useUnits();
  return (
    <ul className="flex flex-col gap-1">
      {limits.map((limit) => {
        const { metric, value } = limit;
        const display = units(metrics.find(({ name }) => name === metric)?.unit);
        const shown = `${formatNumber(display.of(value))} ${display.unit}`.trim();
        return (
          <li
            key={`${metric} ${value}`}
            className="flex items-center justify-between gap-2 text-sm"
          >
            <span className="truncate">
              {metric} · {shown}
            </span>
            <button
              type="button"
              aria-label={exploreText.removeLimit(metric, shown)}
              onClick={() => onChange(limits.filter((other) => other !== limit))}
              className="rounded-sm p-0.5 text-ink-3 hover:text-ink"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
