"use client";
import { useText } from "#components/strings/schema-use.ts";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { VersionSummary } from "#server/services/schema/view.ts";

const notesShown = 60;

/** One of the published versions, newest first. */
export function VersionField({
  versions,
  value,
  error,
  onChange,
}: {
  readonly versions: readonly VersionSummary[];
  readonly value: number;
  readonly error?: string | undefined;
  readonly onChange: (version: number) => void;
}) {
  return (
    <Field label={useText.version} error={error}>
      <Select
        className="max-w-full"
        value={String(value)}
        options={versions.map(({ version, notes }) => ({
          value: String(version),
          label: useText.versionOption(version, notes.split("\n")[0]?.slice(0, notesShown) ?? ""),
        }))}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
    </Field>
  );
}
