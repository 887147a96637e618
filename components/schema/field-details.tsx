"use client";
import { CommitInput } from "#components/schema/commit-input.tsx";
import type { FieldForm } from "#components/schema/field-form.ts";
import { categoryNames, editorText } from "#components/strings/schema.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { dataCategories, isDataCategory } from "#server/domain/data-category.ts";

type Props = {
  readonly field: FieldForm;
  readonly readOnly: boolean;
  readonly onChange: (change: Partial<Omit<FieldForm, "name">>) => void;
};

/** What is said of a field beside its name, type and unit. */
export function FieldDetails({ field, readOnly, onChange }: Props) {
  return (
    <div className="mt-1.5 mb-1 grid gap-3 rounded border border-line bg-sunken p-3 sm:grid-cols-2">
      <Field label={editorText.fieldDescription} className="sm:col-span-2">
        <CommitInput
          value={field.description}
          maxLength={500}
          readOnly={readOnly}
          onCommit={(description) => onChange({ description })}
        />
      </Field>
      <Field label={editorText.fieldCategory}>
        <Select
          value={field.category}
          disabled={readOnly}
          options={dataCategories.map((value) => ({ value, label: categoryNames[value] }))}
          onChange={({ currentTarget: { value } }) => {
            if (isDataCategory(value)) onChange({ category: value });
          }}
        />
      </Field>
      <Limits field={field} readOnly={readOnly} onChange={onChange} />
      <div className="flex flex-wrap gap-x-6 gap-y-2 sm:col-span-2">
        {field.type !== "other" && (
          <Checkbox
            label={editorText.fieldNullable}
            checked={field.nullable}
            disabled={readOnly}
            onChange={(event) => onChange({ nullable: event.currentTarget.checked })}
          />
        )}
        <Checkbox
          label={editorText.fieldDeprecated}
          hint={editorText.fieldDeprecatedHint}
          checked={field.deprecated}
          disabled={readOnly}
          onChange={(event) => onChange({ deprecated: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}

function Limits({ field, readOnly, onChange }: Props) {
  if (field.type === "choice") {
    return (
      <Field label={editorText.fieldChoices} hint={editorText.fieldChoicesHint}>
        <CommitInput
          mono
          value={field.choices.join(", ")}
          readOnly={readOnly}
          onCommit={(text) => onChange({ choices: choicesIn(text) })}
        />
      </Field>
    );
  }
  if (field.type !== "number" && field.type !== "integer") return null;
  return (
    <div className="grid grid-cols-2 gap-3">
      {(["minimum", "maximum"] as const).map((bound) => (
        <Field
          key={bound}
          label={bound === "minimum" ? editorText.fieldMinimum : editorText.fieldMaximum}
        >
          <CommitInput
            inputMode="decimal"
            value={field[bound]}
            readOnly={readOnly}
            onCommit={(text) => onChange({ [bound]: text })}
          />
        </Field>
      ))}
    </div>
  );
}

function choicesIn(text: string): readonly string[] {
  const choices = text.split(",").map((choice) => choice.trim());
  return [...new Set(choices.filter((choice) => choice !== ""))];
}
