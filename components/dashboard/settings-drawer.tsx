"use client";
import { Plus } from "lucide-react";
import { VariableFields } from "#components/dashboard/variable-fields.tsx";
import type { DashboardDraft, Editing } from "#components/dashboard/use-editing.ts";
import { dashboardSettingsText as text } from "#components/strings/dashboard-widget.ts";
import { dashboardText, rangeNames } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import {
  maxVariables,
  rangeKeys,
  refreshSeconds,
  type DashboardVariable,
} from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";

/** Name, range, refresh and variables of a dashboard. */
export function SettingsDrawer({
  editing,
  references,
  onClose,
}: {
  readonly editing: Editing;
  readonly references: KnownReferences;
  readonly onClose: () => void;
}) {
  const { draft } = editing;
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.title}
      footer={
        <Button variant="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={text.name}>
          <Input
            maxLength={120}
            value={draft.name}
            onChange={({ target }) => editing.change({ name: target.value }, "name")}
          />
        </Field>
        <Field label={text.description}>
          <Textarea
            rows={2}
            maxLength={500}
            value={draft.description}
            onChange={({ target }) => editing.change({ description: target.value }, "description")}
          />
        </Field>
        <Opening draft={draft} editing={editing} />
        <Variables
          variables={draft.content.variables}
          references={references}
          usedBy={(name) => usesOf(draft, name)}
          onChange={(variables, topic) => editing.changeContent({ variables }, topic)}
        />
      </div>
    </Drawer>
  );
}

function usesOf({ content }: DashboardDraft, name: string): number {
  return content.widgets.filter(
    (widget) =>
      ("devices" in widget && widget.devices.by === "variable" && widget.devices.name === name) ||
      ("metricVariable" in widget && widget.metricVariable === name),
  ).length;
}

function Opening({
  draft,
  editing,
}: {
  readonly draft: DashboardDraft;
  readonly editing: Editing;
}) {
  const { range, refreshSeconds: every } = draft.content;
  return (
    <div className="flex flex-wrap gap-4">
      <ChoiceField
        label={text.range}
        value={"last" in range ? range.last : "1h"}
        choices={rangeKeys}
        names={rangeNames}
        onChange={(last) => editing.changeContent({ range: { last } })}
      />
      <Field label={text.refresh}>
        <Select
          value={String(every)}
          options={refreshSeconds.map((seconds) => ({
            value: String(seconds),
            label: seconds === 0 ? dashboardText.refreshOff : dashboardText.refreshEvery(seconds),
          }))}
          onChange={({ target }) => {
            const chosen = refreshSeconds.find((each) => String(each) === target.value);
            if (chosen !== undefined) editing.changeContent({ refreshSeconds: chosen });
          }}
        />
      </Field>
    </div>
  );
}

function freshName(variables: readonly DashboardVariable[]): string {
  const taken = new Set(variables.map(({ name }) => name));
  let number = variables.length + 1;
  while (taken.has(`variable_${number}`)) number += 1;
  return `variable_${number}`;
}

function Variables({
  variables,
  references,
  usedBy,
  onChange,
}: {
  readonly variables: readonly DashboardVariable[];
  readonly references: KnownReferences;
  readonly usedBy: (name: string) => number;
  readonly onChange: (variables: DashboardVariable[], topic?: string) => void;
}) {
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h3 className="font-semibold text-ink">{text.variables}</h3>
        <p className="text-sm text-ink-3">{text.variablesText}</p>
      </div>
      {variables.map((variable, index) => (
        <VariableFields
          // Its name is being typed: its place is what stays.
          key={index}
          variable={variable}
          references={references}
          uses={usedBy(variable.name)}
          isTaken={(name) => variables.some((each, at) => at !== index && each.name === name)}
          onChange={(next, part) =>
            onChange(
              variables.map((each, at) => (at === index ? next : each)),
              `variable:${index}:${part}`,
            )
          }
          onRemove={() => onChange(variables.filter((_, at) => at !== index))}
        />
      ))}
      {variables.length < maxVariables && (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            onChange([
              ...variables,
              { name: freshName(variables), label: "", kind: "device", defaults: [] },
            ])
          }
        >
          <Plus aria-hidden className="size-3.5" />
          {text.addVariable}
        </Button>
      )}
    </section>
  );
}
