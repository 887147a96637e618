"use client";
import { DevicesField } from "#components/dashboard/devices-field.tsx";
import { ValuePicker } from "#components/dashboard/value-picker.tsx";
import { WidgetBody } from "#components/dashboard/widget-body.tsx";
import { bodyPixels } from "#components/dashboard/widget-card.tsx";
import { asKind } from "#components/dashboard/widget-change.ts";
import { WidgetOptions } from "#components/dashboard/widget-options.tsx";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import { widgetMeanings, widgetNames } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import {
  isMeasured,
  type DashboardVariable,
  type MeasuredWidget,
  type Widget,
  type WidgetKind,
} from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import { maxMetrics } from "#server/domain/telemetry-query.ts";

const kinds = Object.keys(widgetNames) as WidgetKind[];
/** Pixels of the preview. */
const previewPixels = 240;

/** All that can be said of one widget, with how it looks. Every change is one that undo knows. */
export function WidgetDrawer({
  widget,
  variables,
  references,
  onChange,
  onClose,
}: {
  readonly widget: Widget;
  readonly variables: readonly DashboardVariable[];
  readonly references: KnownReferences;
  /** `part`: what was changed; typing into one field is one step. */
  readonly onChange: (widget: Widget, part: string) => void;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.drawer}
      description={widgetMeanings[widget.kind]}
      footer={
        <Button variant="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Preview widget={widget} />
        <div className="flex flex-wrap gap-4">
          <ChoiceField
            label={text.kind}
            value={widget.kind}
            choices={kinds}
            names={widgetNames}
            onChange={(kind) => onChange(asKind(widget, kind), "kind")}
          />
          <Field label={text.title} hint={text.titleHint} className="min-w-48 flex-1">
            <Input
              maxLength={120}
              value={widget.title}
              onChange={({ target }) => onChange({ ...widget, title: target.value }, "title")}
            />
          </Field>
        </div>
        {widget.kind !== "text" && (
          <DevicesField
            devices={widget.devices}
            {...{ variables, references }}
            onChange={(devices) => onChange({ ...widget, devices }, "devices")}
          />
        )}
        {isMeasured(widget) && <MetricsField {...{ widget, variables, references, onChange }} />}
        <WidgetOptions widget={widget} onChange={onChange} />
      </div>
    </Drawer>
  );
}

function Preview({ widget }: { readonly widget: Widget }) {
  const height = Math.min(previewPixels, Math.max(90, bodyPixels(widget)));
  return (
    <section aria-label={text.preview} className="rounded border border-line bg-surface p-3.5">
      <div style={{ height }}>
        <WidgetBody
          widget={{ ...widget, id: `${widget.id}-preview`.slice(-40) }}
          active
          height={height}
        />
      </div>
    </section>
  );
}

function MetricsField({
  widget,
  variables,
  references,
  onChange,
}: {
  readonly widget: MeasuredWidget;
  readonly variables: readonly DashboardVariable[];
  readonly references: KnownReferences;
  readonly onChange: (widget: Widget, part: string) => void;
}) {
  const named = variables.filter(({ kind }) => kind === "metric");
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium text-ink">{text.metrics}</legend>
      <ValuePicker
        kind="metric"
        most={maxMetrics}
        values={widget.metrics}
        references={references}
        onChange={(metrics) => onChange({ ...widget, metrics: [...metrics] }, "metrics")}
      />
      {named.length > 0 && (
        <Field label={text.metricVariable}>
          <Select
            value={widget.metricVariable ?? ""}
            options={[
              { value: "", label: text.noVariable },
              ...named.map(({ name, label }) => ({ value: name, label: label || name })),
            ]}
            onChange={({ target }) => {
              const metricVariable = target.value === "" ? null : target.value;
              onChange({ ...widget, metricVariable }, "metricVariable");
            }}
          />
        </Field>
      )}
    </fieldset>
  );
}
