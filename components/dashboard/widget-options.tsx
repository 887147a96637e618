"use client";
import { useLimitDisplay } from "#components/dashboard/use-limit-display.ts";
import { NumberInput } from "#components/dashboard/number-input.tsx";
import { ThresholdsField } from "#components/dashboard/thresholds-field.tsx";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import { acrossNames, aggregateNames } from "#components/strings/dashboard.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import { severities, severityNames } from "#server/domain/alert.ts";
import {
  isMeasured,
  type MeasuredWidget,
  type Widget,
  type WidgetKind,
  type WidgetOf,
} from "#server/domain/dashboard.ts";
import { aggregates } from "#server/domain/telemetry-query.ts";

type Change = (widget: Widget, part: string) => void;

/** What only widgets of this kind have. */
export function WidgetOptions({
  widget,
  onChange,
}: {
  readonly widget: Widget;
  readonly onChange: Change;
}) {
  if (isMeasured(widget)) return <MeasuredOptions widget={widget} onChange={onChange} />;
  switch (widget.kind) {
    case "alerts":
      return <AlertOptions widget={widget} onChange={onChange} />;
    case "text":
      return <TextOptions widget={widget} onChange={onChange} />;
    case "map":
    case "presence":
      return null;
  }
}

function MeasuredOptions({
  widget,
  onChange,
}: {
  readonly widget: MeasuredWidget;
  readonly onChange: Change;
}) {
  switch (widget.kind) {
    case "line":
    case "area":
    case "bar":
      return <LineOptions widget={widget} onChange={onChange} />;
    case "stat":
    case "gauge":
      return <NumberOptions widget={widget} onChange={onChange} />;
    case "histogram":
      return <HistogramOptions widget={widget} onChange={onChange} />;
    case "table":
      return <TableOptions widget={widget} onChange={onChange} />;
    case "timeline":
      return null;
  }
}

type OptionsOf<K extends WidgetKind> = {
  readonly widget: WidgetOf<K>;
  readonly onChange: Change;
};

function HistogramOptions({ widget, onChange }: OptionsOf<"histogram">) {
  return (
    <Field label={text.bins}>
      <NumberInput
        whole
        min={2}
        max={60}
        value={widget.bins}
        onChange={(bins) => onChange({ ...widget, bins }, "bins")}
      />
    </Field>
  );
}

function TextOptions({ widget, onChange }: OptionsOf<"text">) {
  return (
    <Field label={text.text} hint={text.textHint}>
      <Textarea
        rows={10}
        maxLength={8_000}
        value={widget.text}
        onChange={({ target }) => onChange({ ...widget, text: target.value }, "text")}
      />
    </Field>
  );
}

function TableOptions({ widget, onChange }: OptionsOf<"table">) {
  return (
    <>
      <Field label={text.limit}>
        <NumberInput
          whole
          min={1}
          max={100}
          value={widget.limit}
          onChange={(limit) => onChange({ ...widget, limit }, "limit")}
        />
      </Field>
      <Thresholds widget={widget} onChange={onChange} />
    </>
  );
}

type WithThresholds = Extract<Widget, { readonly thresholds: unknown }>;

function Thresholds({
  widget,
  onChange,
}: {
  readonly widget: WithThresholds;
  readonly onChange: Change;
}) {
  const display = useLimitDisplay(widget);
  if (display === undefined) return null;
  return (
    <ThresholdsField
      thresholds={widget.thresholds}
      display={display}
      onChange={(thresholds) => onChange({ ...widget, thresholds }, "thresholds")}
    />
  );
}

function LineOptions({ widget, onChange }: OptionsOf<"line" | "area" | "bar">) {
  return (
    <>
      <div className="flex flex-wrap gap-4">
        <ChoiceField
          label={text.across}
          value={widget.across}
          choices={["each", "all", "profile", "tag"]}
          names={acrossNames}
          onChange={(across) => onChange({ ...widget, across }, "across")}
        />
        <ChoiceField
          label={text.aggregate}
          value={widget.aggregate}
          choices={aggregates}
          names={aggregateNames}
          onChange={(aggregate) => onChange({ ...widget, aggregate }, "aggregate")}
        />
      </div>
      <Thresholds widget={widget} onChange={onChange} />
    </>
  );
}

function NumberOptions({ widget, onChange }: OptionsOf<"stat" | "gauge">) {
  return (
    <>
      <ChoiceField
        label={text.aggregate}
        value={widget.aggregate}
        choices={aggregates}
        names={aggregateNames}
        onChange={(aggregate) => onChange({ ...widget, aggregate }, "aggregate")}
      />
      {widget.kind === "stat" ? (
        <Checkbox
          label={text.trend}
          checked={widget.trend}
          onChange={({ target }) => onChange({ ...widget, trend: target.checked }, "trend")}
        />
      ) : (
        <GaugeEnds widget={widget} onChange={onChange} />
      )}
      <Thresholds widget={widget} onChange={onChange} />
    </>
  );
}

/** Kept in the metric's own unit, entered in the reader's. */
function GaugeEnds({ widget, onChange }: OptionsOf<"gauge">) {
  const display = useLimitDisplay(widget);
  if (display === undefined) return null;
  const { unit, of, back } = display;
  return (
    <div className="flex gap-4">
      <Field label={text.inUnit(text.least, unit)}>
        <NumberInput
          value={of(widget.least)}
          onChange={(shown) => {
            const least = back(shown);
            if (least < widget.most) onChange({ ...widget, least }, "least");
          }}
        />
      </Field>
      <Field label={text.inUnit(text.most, unit)}>
        <NumberInput
          value={of(widget.most)}
          onChange={(shown) => {
            const most = back(shown);
            if (most > widget.least) onChange({ ...widget, most }, "most");
          }}
        />
      </Field>
    </div>
  );
}

function AlertOptions({ widget, onChange }: OptionsOf<"alerts">) {
  return (
    <>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1.5 text-sm font-medium text-ink">{text.severities}</legend>
        {severities.map((severity) => (
          <Checkbox
            key={severity}
            label={severityNames[severity]}
            checked={widget.severities.includes(severity)}
            onChange={({ target }) => {
              const others = widget.severities.filter((each) => each !== severity);
              const chosen = target.checked ? [...others, severity] : others;
              onChange({ ...widget, severities: chosen }, "severities");
            }}
          />
        ))}
        <p className="text-sm text-ink-3">{text.severitiesHint}</p>
      </fieldset>
      <Field label={text.limit}>
        <NumberInput
          whole
          min={1}
          max={50}
          value={widget.limit}
          onChange={(limit) => onChange({ ...widget, limit }, "limit")}
        />
      </Field>
    </>
  );
}
