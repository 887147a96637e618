"use client";
import { ChevronDown } from "lucide-react";
import { ValuePicker } from "#components/dashboard/value-picker.tsx";
import { dashboardText as text, rangeNames } from "#components/strings/dashboard.ts";
import { useLiveState } from "#components/layout/live-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { Select } from "#components/ui/select.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import {
  rangeKeys,
  refreshSeconds,
  type DashboardContent,
  type DashboardVariable,
} from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import type { DashboardChoice } from "#server/domain/dashboard-variables.ts";

type BarProps = {
  readonly content: DashboardContent;
  readonly choice: DashboardChoice;
  readonly references: KnownReferences;
  readonly onChange: (change: Partial<DashboardChoice>) => void;
};

/** What one chooses while looking: the variables' values, the range, how often it refreshes. */
export function ChoiceBar({ content, choice, references, onChange }: BarProps) {
  const hydrated = useHydrated();
  const live = useLiveState();
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      {content.variables.map((variable) => (
        <VariableChoice
          key={variable.name}
          variable={variable}
          values={choice.values[variable.name] ?? variable.defaults}
          references={references}
          onChange={(values) => onChange({ values: { ...choice.values, [variable.name]: values } })}
        />
      ))}
      <span className="flex-1" />
      {hydrated && (live === "silent" || live === "off") && (
        <span className="text-sm text-warn">{text.notLive}</span>
      )}
      <RangeChoice content={content} choice={choice} onChange={onChange} />
      <Select
        aria-label={text.refresh}
        value={String(choice.refreshSeconds)}
        options={refreshSeconds.map((seconds) => ({
          value: String(seconds),
          label: seconds === 0 ? text.refreshOff : text.refreshEvery(seconds),
        }))}
        onChange={({ target }) =>
          onChange({
            refreshSeconds:
              refreshSeconds.find((each) => String(each) === target.value) ?? choice.refreshSeconds,
          })
        }
      />
    </div>
  );
}

function RangeChoice({ content, choice, onChange }: Omit<BarProps, "references">) {
  const { range } = choice;
  if (!("last" in range)) {
    return (
      <span className="flex items-center gap-2 text-sm text-ink-2">
        <span>
          <ExactTime value={range.from} /> – <ExactTime value={range.to} />
        </span>
        <Button
          onClick={() =>
            onChange({ range: "last" in content.range ? content.range : { last: "1h" } })
          }
        >
          {text.back}
        </Button>
      </span>
    );
  }
  return (
    <Select
      aria-label={text.range}
      value={range.last}
      options={rangeKeys.map((key) => ({ value: key, label: rangeNames[key] }))}
      onChange={({ target }) =>
        onChange({ range: { last: rangeKeys.find((key) => key === target.value) ?? range.last } })
      }
    />
  );
}

function VariableChoice({
  variable,
  values,
  references,
  onChange,
}: {
  readonly variable: DashboardVariable;
  readonly values: readonly string[];
  readonly references: KnownReferences;
  readonly onChange: (values: readonly string[]) => void;
}) {
  const [first] = values;
  const label = variable.label === "" ? variable.name : variable.label;
  const name =
    first === undefined
      ? text.all
      : values.length > 1
        ? text.chosen(values.length)
        : (references[variable.kind][first] ?? `${first.slice(0, 8)}…`);
  return (
    <Popover
      label={label}
      className="w-80 max-w-[calc(100vw-2rem)] p-3"
      trigger={
        <Button data-variable={variable.name}>
          <span className="font-normal text-ink-2">{label}</span>
          <span className="max-w-48 truncate">{name}</span>
          <ChevronDown aria-hidden className="size-3.5 text-ink-3" />
        </Button>
      }
    >
      <ValuePicker
        kind={variable.kind}
        values={values}
        references={references}
        onChange={onChange}
      />
    </Popover>
  );
}
