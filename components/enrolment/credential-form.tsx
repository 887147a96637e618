"use client";
import { useState, type ReactNode } from "react";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import {
  readCredential,
  type AskedCredential,
  type CredentialDraft,
  type CredentialProblems,
} from "#components/enrolment/credential-draft.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";

type Refusal = {
  readonly message: string;
  readonly remedy: string | null;
  readonly fields: readonly unknown[];
};

/** Name, life, uses and expected serials of a claim certificate or secret. */
export function CredentialForm({
  lifeLabel,
  life,
  submitLabel,
  busy,
  refusal,
  fieldError,
  onSubmit,
}: {
  readonly lifeLabel: string;
  readonly life: string;
  readonly submitLabel: string;
  readonly busy: boolean;
  readonly refusal: Refusal | undefined;
  readonly fieldError: (path: string) => string | undefined;
  readonly onSubmit: (asked: AskedCredential) => void;
}) {
  const [draft, setDraft] = useState<CredentialDraft>({ name: "", life, maxUses: "", serials: "" });
  const [problems, setProblems] = useState<CredentialProblems>({});
  function submit() {
    const read = readCredential(draft);
    setProblems(read.ok ? {} : read.problems);
    if (read.ok) onSubmit(read.asked);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Fields
        draft={draft}
        problems={{ ...problemsOf(fieldError), ...problems }}
        lifeLabel={lifeLabel}
        onChange={setDraft}
      />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}

/** What the service said of the fields, by what they are called here. */
function problemsOf(fieldError: (path: string) => string | undefined): CredentialProblems {
  const paths = [
    ["name", "name"],
    ["life", "days"],
    ["life", "hours"],
    ["maxUses", "maxUses"],
    ["serials", "expectedSerials"],
  ] as const;
  return Object.fromEntries(
    paths.flatMap(([field, path]) => {
      const problem = fieldError(path);
      return problem === undefined ? [] : [[field, problem]];
    }),
  );
}

function Fields({
  draft,
  problems,
  lifeLabel,
  onChange,
}: {
  readonly draft: CredentialDraft;
  readonly problems: CredentialProblems;
  readonly lifeLabel: string;
  readonly onChange: (draft: CredentialDraft) => void;
}) {
  const bind = (name: keyof CredentialDraft) => ({
    value: draft[name],
    autoComplete: "off",
    spellCheck: false,
    onChange: (event: { readonly target: { readonly value: string } }) =>
      onChange({ ...draft, [name]: event.target.value }),
  });
  const field = (
    name: keyof CredentialDraft,
    label: string,
    hint: string | undefined,
    control: ReactNode,
  ) => (
    <Field label={label} hint={hint} error={problems[name]} required={isRequired[name]}>
      {control}
    </Field>
  );
  return (
    <>
      {field(
        "name",
        text.credentialName,
        text.credentialNameHint,
        <Input maxLength={100} {...bind("name")} />,
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {field("life", lifeLabel, undefined, <Input inputMode="numeric" {...bind("life")} />)}
        {field(
          "maxUses",
          text.maxUses,
          text.maxUsesHint,
          <Input inputMode="numeric" {...bind("maxUses")} />,
        )}
      </div>
      {field(
        "serials",
        text.expectedSerials,
        text.expectedSerialsHint,
        <Textarea mono {...bind("serials")} />,
      )}
    </>
  );
}

const isRequired = { name: true, life: true, maxUses: false, serials: false } as const;
