"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { FieldRow } from "#components/schema/field-row.tsx";
import {
  addField,
  changeField,
  freeFieldName,
  readFields,
  removeField,
  renameField,
  takesUnknown,
  withUnknown,
  type JsonObject,
} from "#components/schema/field-form.ts";
import { editorText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";

/** The fields of a JSON Schema as a form. `schema` is undefined while the source is no JSON. */
export function FieldsPane({
  schema,
  readOnly,
  onChange,
}: {
  readonly schema: JsonObject | undefined;
  readonly readOnly: boolean;
  readonly onChange: (schema: JsonObject) => void;
}) {
  const [fresh, setFresh] = useState<string>();
  if (schema === undefined) return <p className="py-6 text-ink-2">{editorText.sourceBroken}</p>;
  const fields = readFields(schema);
  const names = fields.map(({ name }) => name);
  function add() {
    const name = freeFieldName(fields, editorText.newField);
    setFresh(name);
    onChange(addField(schema ?? {}, name));
  }
  return (
    <div className="flex flex-col gap-2">
      {fields.length === 0 && <p className="py-2 text-ink-2">{editorText.noFields}</p>}
      <ul>
        {fields.map((field, index) => (
          <FieldRow
            // Renaming a field must not take the focus from it: its place is what stays.
            key={index}
            field={field}
            taken={names.filter((name) => name !== field.name)}
            fresh={field.name === fresh}
            readOnly={readOnly}
            onChange={(change) => onChange(changeField(schema, field.name, change))}
            onRename={(name) => {
              setFresh(undefined);
              onChange(renameField(schema, field.name, name));
            }}
            onRemove={() => onChange(removeField(schema, field.name))}
          />
        ))}
      </ul>
      <PaneFoot schema={schema} readOnly={readOnly} onAdd={add} onChange={onChange} />
    </div>
  );
}

function PaneFoot({
  schema,
  readOnly,
  onAdd,
  onChange,
}: {
  readonly schema: JsonObject;
  readonly readOnly: boolean;
  readonly onAdd: () => void;
  readonly onChange: (schema: JsonObject) => void;
}) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      {!readOnly && (
        <Button size="sm" onClick={onAdd}>
          <Plus aria-hidden className="size-3.5" />
          {editorText.addField}
        </Button>
      )}
      <Checkbox
        label={editorText.unknown}
        hint={editorText.unknownHint}
        checked={takesUnknown(schema)}
        disabled={readOnly}
        onChange={(event) => onChange(withUnknown(schema, event.currentTarget.checked))}
      />
    </div>
  );
}
