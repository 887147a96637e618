"use client";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { ValuePicker } from "#components/dashboard/value-picker.tsx";
import {
  dashboardSettingsText as text,
  widgetEditText,
} from "#components/strings/dashboard-widget.ts";
import { variableKindNames } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { variableKinds, type DashboardVariable } from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";

const nameShape = /^[a-z][a-z0-9_]{0,30}$/;

/** One variable. */
export function VariableFields({
  variable,
  references,
  uses,
  isTaken,
  onChange,
  onRemove,
}: {
  readonly variable: DashboardVariable;
  readonly references: KnownReferences;
  /** Widgets that follow it. */
  readonly uses: number;
  readonly isTaken: (name: string) => boolean;
  readonly onChange: (variable: DashboardVariable, part: string) => void;
  readonly onRemove: () => void;
}) {
  return (
    <div className="flex flex-col gap-3 rounded border border-line p-3">
      <div className="flex flex-wrap gap-3">
        <NameField
          name={variable.name}
          isTaken={isTaken}
          onChange={(name) => onChange({ ...variable, name }, "name")}
        />
        <Field label={text.variableLabel} className="min-w-36 flex-1">
          <Input
            maxLength={60}
            value={variable.label}
            onChange={({ target }) => onChange({ ...variable, label: target.value }, "label")}
          />
        </Field>
        <ChoiceField
          label={text.variableKind}
          value={variable.kind}
          choices={variableKinds}
          names={variableKindNames}
          onChange={(kind) => onChange({ ...variable, kind, defaults: [] }, "kind")}
        />
      </div>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium text-ink">{text.variableDefaults}</legend>
        <ValuePicker
          kind={variable.kind}
          values={variable.defaults}
          references={references}
          onChange={(defaults) => onChange({ ...variable, defaults: [...defaults] }, "defaults")}
        />
        <p className="mt-1 text-sm text-ink-3">{text.variableDefaultsHint}</p>
      </fieldset>
      <Foot name={variable.name} {...{ uses, onRemove }} />
    </div>
  );
}

function Foot({
  name,
  uses,
  onRemove,
}: {
  readonly name: string;
  readonly uses: number;
  readonly onRemove: () => void;
}) {
  return (
    <div className="flex items-center justify-between gap-3 text-sm text-ink-3">
      <span>{text.used(uses)}</span>
      <Button
        size="sm"
        variant="ghost"
        aria-label={widgetEditText.removeItem(name)}
        onClick={onRemove}
      >
        <Trash2 aria-hidden className="size-3.5" />
      </Button>
    </div>
  );
}

/** A name that is being typed counts once it can be one. */
function NameField({
  name: current,
  isTaken,
  onChange,
}: {
  readonly name: string;
  readonly isTaken: (name: string) => boolean;
  readonly onChange: (name: string) => void;
}) {
  const [draft, setDraft] = useState<string>();
  const name = draft ?? current;
  const problem = problemOf(name, isTaken);
  return (
    <Field label={text.variableName} error={problem} className="min-w-36 flex-1">
      <Input
        mono
        maxLength={31}
        value={name}
        onChange={({ target }) => {
          setDraft(target.value);
          if (problemOf(target.value, isTaken) === undefined) onChange(target.value);
        }}
        onBlur={() => {
          if (problem === undefined) setDraft(undefined);
        }}
      />
    </Field>
  );
}

function problemOf(name: string, isTaken: (name: string) => boolean): string | undefined {
  if (!nameShape.test(name)) return text.nameWrong;
  return isTaken(name) ? text.nameTaken : undefined;
}
