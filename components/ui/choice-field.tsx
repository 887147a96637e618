"use client";
import type { ReactNode } from "react";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

/** A labelled choice among a closed set of words. */
export function ChoiceField<T extends string>({
  label,
  hint,
  error,
  value,
  choices,
  names,
  onChange,
}: {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly value: T;
  readonly choices: readonly T[];
  readonly names: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })} error={error}>
      <Select
        value={value}
        options={choices.map((choice) => ({ value: choice, label: names[choice] }))}
        onChange={({ currentTarget }) => {
          const chosen = choices.find((choice) => choice === currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      />
    </Field>
  );
}
