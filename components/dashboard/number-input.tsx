"use client";
import { useState } from "react";
import { Input } from "#components/ui/input.tsx";

/** A number that is being typed: "−" and "1." are on the way to one, and change nothing yet. */
export function NumberInput({
  label,
  value,
  onChange,
  whole = false,
  min,
  max,
}: {
  /** Without a Field around it. */
  readonly label?: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly whole?: boolean;
  readonly min?: number;
  readonly max?: number;
}) {
  const [draft, setDraft] = useState<string>();
  function take(text: string) {
    setDraft(text);
    const number = Number(text.replace(",", "."));
    const fits =
      text.trim() !== "" &&
      Number.isFinite(number) &&
      (!whole || Number.isInteger(number)) &&
      number >= (min ?? Number.NEGATIVE_INFINITY) &&
      number <= (max ?? Number.POSITIVE_INFINITY);
    if (fits) onChange(number);
  }
  return (
    <Input
      {...(label !== undefined && { "aria-label": label })}
      inputMode="decimal"
      value={draft ?? String(value)}
      onChange={({ target }) => take(target.value)}
      onBlur={() => setDraft(undefined)}
    />
  );
}
