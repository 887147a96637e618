"use client";
import { ChevronDown, X } from "lucide-react";
import { useId, useState } from "react";
import { CommitInput } from "#components/schema/commit-input.tsx";
import { FieldDetails } from "#components/schema/field-details.tsx";
import { fieldFormTypes, type FieldForm } from "#components/schema/field-form.ts";
import { categoryNames, editorText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Select } from "#components/ui/select.tsx";
import { fieldNameProblem } from "#server/domain/field-name.ts";

type FieldRowProps = {
  readonly field: FieldForm;
  /** Names of the others. */
  readonly taken: readonly string[];
  /** It was just added: its name is what one wants to type. */
  readonly fresh: boolean;
  readonly readOnly: boolean;
  readonly onChange: (change: Partial<Omit<FieldForm, "name">>) => void;
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
};

function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (taken.includes(name)) return editorText.nameTaken;
  const problem = fieldNameProblem(name);
  return problem === undefined ? undefined : editorText.nameWrong(problem);
}

/** One field of the form: what is asked first in a line, the rest below when it is opened. */
export function FieldRow(props: FieldRowProps) {
  const { field, taken, fresh, readOnly, onChange, onRename, onRemove } = props;
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  return (
    <li className="border-b border-line py-2 last:border-b-0">
      <div className="grid grid-cols-[1fr_auto] items-start gap-x-2 gap-y-1.5 sm:grid-cols-[minmax(7rem,1fr)_9.5rem_5.5rem_auto]">
        <div className="max-sm:col-start-1">
          <CommitInput
            mono
            aria-label={editorText.fieldNameOf(field.name)}
            value={field.name}
            maxLength={64}
            readOnly={readOnly}
            ref={(input) => {
              if (input === null || !fresh) return;
              input.focus();
              input.select();
            }}
            problemOf={(name) => nameProblem(name, taken)}
            onCommit={onRename}
          />
        </div>
        <Select
          aria-label={editorText.fieldTypeOf(field.name)}
          className="max-sm:col-start-1"
          value={field.type}
          disabled={readOnly || field.type === "other"}
          options={fieldFormTypes
            .filter((type) => type !== "other" || field.type === "other")
            .map((value) => ({ value, label: editorText.types[value] }))}
          onChange={({ currentTarget: { value } }) => {
            const type = fieldFormTypes.find((each) => each === value);
            if (type !== undefined) onChange({ type });
          }}
        />
        <UnitInput field={field} readOnly={readOnly} onChange={onChange} />
        <RowEnd {...{ field, readOnly, onChange, onRemove }} />
      </div>
      <Summary field={field} open={open} detailsId={detailsId} onToggle={() => setOpen(!open)} />
      {open && (
        <div id={detailsId}>
          <FieldDetails field={field} readOnly={readOnly} onChange={onChange} />
        </div>
      )}
    </li>
  );
}

/** Only numbers are measured in something. */
function UnitInput({
  field,
  readOnly,
  onChange,
}: Pick<FieldRowProps, "field" | "readOnly" | "onChange">) {
  const isMeasured = ["number", "integer", "other"].includes(field.type);
  if (!isMeasured && field.unit === "") return <span className="max-sm:hidden" />;
  return (
    <div>
      <CommitInput
        mono
        aria-label={editorText.fieldUnitOf(field.name)}
        placeholder={editorText.fieldUnit}
        value={field.unit}
        maxLength={32}
        readOnly={readOnly}
        onCommit={(unit) => onChange({ unit })}
      />
    </div>
  );
}

function RowEnd({
  field,
  readOnly,
  onChange,
  onRemove,
}: Pick<FieldRowProps, "field" | "readOnly" | "onChange" | "onRemove">) {
  return (
    <div className="flex h-8.5 items-center gap-2 max-sm:col-start-2 max-sm:row-start-1">
      <Checkbox
        label={
          <>
            <span aria-hidden>{editorText.fieldRequired}</span>
            <span className="sr-only">{editorText.fieldRequiredOf(field.name)}</span>
          </>
        }
        className="text-sm!"
        checked={field.required}
        disabled={readOnly}
        onChange={(event) => onChange({ required: event.currentTarget.checked })}
      />
      {!readOnly && (
        <Button
          variant="ghost"
          size="sm"
          iconOnly
          aria-label={editorText.fieldRemove(field.name)}
          onClick={onRemove}
        >
          <X aria-hidden className="size-4" />
        </Button>
      )}
    </div>
  );
}

function Summary({
  field,
  open,
  detailsId,
  onToggle,
}: {
  readonly field: FieldForm;
  readonly open: boolean;
  readonly detailsId: string;
  readonly onToggle: () => void;
}) {
  const marks = [
    field.category === "telemetry" ? "" : categoryNames[field.category],
    field.nullable ? editorText.fieldNullable : "",
    field.deprecated ? editorText.fieldDeprecated : "",
  ].filter((mark) => mark !== "");
  return (
    <button
      type="button"
      aria-expanded={open}
      aria-label={editorText.fieldMore(field.name)}
      {...(open && { "aria-controls": detailsId })}
      onClick={onToggle}
      className="mt-1 flex min-h-6 w-full items-center gap-1.5 rounded-sm text-left text-sm text-ink-3 hover:text-ink"
    >
      <ChevronDown
        aria-hidden
        className={open ? "size-3.5 shrink-0" : "size-3.5 shrink-0 -rotate-90"}
      />
      <span className={field.description === "" ? "truncate" : "truncate text-ink-2"}>
        {field.description === "" ? editorText.fieldPlain : field.description}
      </span>
      {marks.map((mark) => (
        <span key={mark} className="shrink-0 rounded-sm bg-idle-soft px-1.5 text-xs text-idle">
          {mark}
        </span>
      ))}
    </button>
  );
}
