"use client";
import { onboardText } from "#components/strings/onboard.ts";
import { Field, Input } from "#components/ui/input.tsx";

/** What is noted of a device besides its name; tags as they are typed. */
export type IdentityDraft = {
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
  readonly tags: string;
};

const parts = [
  { name: "serial", label: onboardText.serial, hint: onboardText.serialHint, most: 128 },
  { name: "manufacturer", label: onboardText.manufacturer, hint: undefined, most: 120 },
  { name: "model", label: onboardText.model, hint: undefined, most: 120 },
  { name: "hardwareRevision", label: onboardText.hardwareRevision, hint: undefined, most: 64 },
  { name: "tags", label: onboardText.tags, hint: onboardText.tagsHint, most: 2_100 },
] as const;

/** Tags as people type them: by commas or blanks. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(/[,\s]+/).filter((tag) => tag !== ""))];
}

/** Fields for serial, manufacturer, model, hardware revision and tags. */
export function IdentityFields({
  draft,
  problem,
  onChange,
}: {
  readonly draft: IdentityDraft;
  /** What the server said of a field the last time. */
  readonly problem: (path: string) => string | undefined;
  readonly onChange: (change: Partial<IdentityDraft>) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {parts.map(({ name, label, hint, most }) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          error={problem(name)}
          className={name === "serial" || name === "tags" ? "sm:col-span-2" : ""}
        >
          <Input
            name={name}
            autoComplete="off"
            spellCheck={false}
            maxLength={most}
            value={draft[name]}
            onChange={(event) => onChange({ [name]: event.target.value })}
          />
        </Field>
      ))}
    </div>
  );
}
