"use client";
import { Plus, X } from "lucide-react";
import { NumberInput } from "#components/dashboard/number-input.tsx";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { WidgetThreshold } from "#server/domain/dashboard.ts";
import type { Display } from "#server/domain/units.ts";

/** As many as a widget can have. */
const most = 6;

/** Limits with their names and looks: kept in the metric's own unit, entered in the reader's. */
export function ThresholdsField({
  thresholds,
  display,
  onChange,
}: {
  readonly thresholds: readonly WidgetThreshold[];
  readonly display: Display;
  readonly onChange: (thresholds: WidgetThreshold[]) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium text-ink">
        {text.inUnit(text.thresholds, display.unit)}
      </legend>
      {thresholds.map((threshold, index) => (
        <Threshold
          // Their place is what they are: none has a name of its own.
          key={index}
          threshold={threshold}
          display={display}
          onChange={(part) =>
            onChange(thresholds.map((each, at) => (at === index ? { ...each, ...part } : each)))
          }
          onRemove={() => onChange(thresholds.filter((_, at) => at !== index))}
        />
      ))}
      {thresholds.length < most && (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            onChange([...thresholds, { value: 0, label: "", tone: "bad", side: "above" }])
          }
        >
          <Plus aria-hidden className="size-3.5" />
          {text.addThreshold}
        </Button>
      )}
    </fieldset>
  );
}

const sides = ["above", "below"] as const;
const tones = ["warn", "bad"] as const;

function Threshold({
  threshold,
  display,
  onChange,
  onRemove,
}: {
  readonly threshold: WidgetThreshold;
  readonly display: Display;
  readonly onChange: (part: Partial<WidgetThreshold>) => void;
  readonly onRemove: () => void;
}) {
  const { label, side, tone } = threshold;
  const value = display.of(threshold.value);
  return (
    <div className="grid grid-cols-[1fr_6rem_auto_auto_auto] gap-2 max-sm:grid-cols-2">
      <Input
        aria-label={text.thresholdLabel}
        placeholder={text.thresholdLabel}
        maxLength={40}
        value={label}
        onChange={({ target }) => onChange({ label: target.value })}
      />
      <NumberInput
        label={text.thresholdValue}
        value={value}
        onChange={(next) => onChange({ value: display.back(next) })}
      />
      <Select
        aria-label={text.thresholdSide}
        value={side}
        options={sides.map((each) => ({ value: each, label: text.sides[each] }))}
        onChange={({ target }) =>
          onChange({ side: sides.find((each) => each === target.value) ?? side })
        }
      />
      <Select
        aria-label={text.thresholdTone}
        value={tone}
        options={tones.map((each) => ({ value: each, label: text.tones[each] }))}
        onChange={({ target }) =>
          onChange({ tone: tones.find((each) => each === target.value) ?? tone })
        }
      />
      <Button
        variant="ghost"
        iconOnly
        aria-label={text.removeItem(label || String(value))}
        onClick={onRemove}
      >
        <X aria-hidden className="size-4" />
      </Button>
    </div>
  );
}
