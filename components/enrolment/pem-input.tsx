"use client";
import { useState } from "react";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Field, Textarea } from "#components/ui/input.tsx";

/** Most that a file is read of: a certificate has a few kilobytes. */
const longest = 65_536;

/** A PEM to paste, or a file to choose. */
export function PemInput({
  label,
  hint,
  error,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | undefined;
  readonly value: string;
  readonly onChange: (pem: string) => void;
}) {
  const [fileProblem, setFileProblem] = useState<string>();
  async function choose(file: File | undefined) {
    setFileProblem(undefined);
    if (file === undefined) return;
    const head = await file.slice(0, longest).text();
    if (head.includes("-----BEGIN ")) onChange(head);
    else setFileProblem(text.fileBad(file.name));
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label={label} hint={hint} error={fileProblem ?? error} required>
        <Textarea
          mono
          rows={7}
          value={value}
          spellCheck={false}
          autoComplete="off"
          placeholder="-----BEGIN CERTIFICATE-----"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <label className="text-sm text-ink-2">
        {text.file}
        <input
          type="file"
          accept=".pem,.crt,.cer"
          className="mt-1 block w-full text-sm"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
      </label>
    </div>
  );
}
