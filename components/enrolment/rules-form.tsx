"use client";
import type { RulesDraft, RulesField, RulesProblems } from "#components/enrolment/rules-draft.ts";
import { enrolmentText as text } from "#components/strings/enrolment.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";

export type ProfileOption = { readonly id: string; readonly name: string };

type Props = {
  readonly kind: EnrolmentKind;
  readonly first: RulesDraft;
  readonly profiles: readonly ProfileOption[];
  readonly problems: RulesProblems;
};

/**
 * The fields of a group's rules, inside a form of the caller's. They keep their own values, so that
 * what was typed before the page came alive counts, too: the caller reads the form.
 */
export function RulesFields(props: Props) {
  const { kind, first, problems } = props;
  const folded: readonly RulesField[] = ["desired", "attributes", "allow", "deny", "webhook"];
  const isOpen = folded.some((name) => first[name] !== "" || problems[name] !== undefined);
  return (
    <div className="flex flex-col gap-5">
      <Becomes {...props} />
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-2 font-medium text-ink">{text.care}</legend>
        <Checkbox
          name="quarantine"
          defaultChecked={first.quarantine}
          label={text.quarantine}
          hint={text.quarantineHint}
        />
        <Checkbox
          name="needsApproval"
          defaultChecked={first.needsApproval}
          label={text.needsApproval}
          hint={text.needsApprovalHint}
        />
        <Line
          name="maxDevices"
          label={text.maxDevices}
          hint={text.maxDevicesHint}
          {...{ first, problems }}
          numeric
        />
      </fieldset>
      {kind !== "symmetric_key" && <Subject {...{ first, problems }} />}
      <details open={isOpen} className="rounded border border-line px-3 py-2">
        <summary className="cursor-pointer font-medium text-ink-2">{text.more}</summary>
        <More {...{ first, problems }} />
      </details>
    </div>
  );
}

function Becomes({ first, profiles, problems }: Props) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-2 font-medium text-ink">{text.becomes}</legend>
      <Field label={text.profile} hint={text.profileHint} error={problems.profileId} required>
        <Select
          name="profileId"
          defaultValue={first.profileId}
          options={profiles.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Line
          name="deviceIdTemplate"
          label={text.deviceIdTemplate}
          hint={text.templateHint}
          {...{ first, problems }}
          required
          mono
        />
        <Line
          name="nameTemplate"
          label={text.nameTemplate}
          hint={text.nameTemplateHint}
          {...{ first, problems }}
          required
          mono
        />
      </div>
      <Line
        name="tags"
        label={text.tags}
        hint={text.tagsHint}
        placeholder={text.tagsPlaceholder}
        {...{ first, problems }}
      />
    </fieldset>
  );
}

type Part = Pick<Props, "first" | "problems">;

function Subject(part: Part) {
  return (
    <fieldset className="grid gap-4 sm:grid-cols-2">
      <legend className="mb-2 font-medium text-ink">{text.who}</legend>
      <Line name="commonName" label={text.commonName} hint={text.commonNameHint} {...part} mono />
      <Line name="organisation" label={text.organisation} {...part} mono />
    </fieldset>
  );
}

function More(part: Part) {
  return (
    <div className="mt-3 flex flex-col gap-4 pb-1">
      <div className="grid gap-4 sm:grid-cols-2">
        <Lines name="allow" label={text.allow} hint={text.allowHint} {...part} />
        <Lines name="deny" label={text.deny} hint={text.denyHint} {...part} />
        <Lines name="desired" label={text.desired} hint={text.desiredHint} {...part} />
        <Lines
          name="attributes"
          label={text.attributes}
          hint={text.attributesHint}
          placeholder={text.attributesPlaceholder}
          {...part}
        />
      </div>
      <Line name="webhook" label={text.webhook} hint={text.webhookHint} {...part} mono />
    </div>
  );
}

type TextField = Exclude<RulesField, "quarantine" | "needsApproval" | "profileId">;

type FieldProps = Part & {
  readonly name: TextField;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
};

function Line({
  name,
  label,
  hint,
  placeholder,
  first,
  problems,
  required = false,
  mono = false,
  numeric = false,
}: FieldProps & {
  readonly required?: boolean;
  readonly mono?: boolean;
  readonly numeric?: boolean;
}) {
  return (
    <Field label={label} hint={hint} error={problems[name]} required={required}>
      <Input
        name={name}
        defaultValue={first[name]}
        {...(placeholder !== undefined && { placeholder })}
        {...(numeric && { inputMode: "numeric" as const, className: "max-w-40" })}
        mono={mono}
        autoComplete="off"
        spellCheck={false}
      />
    </Field>
  );
}

function Lines({ name, label, hint, placeholder, first, problems }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={problems[name]}>
      <Textarea
        name={name}
        mono
        rows={4}
        defaultValue={first[name]}
        {...(placeholder !== undefined && { placeholder })}
        autoComplete="off"
        spellCheck={false}
      />
    </Field>
  );
}
