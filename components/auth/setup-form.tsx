"use client";
import { useState } from "react";
import { checkSetupLink, finishSetup } from "#app/(entry)/setup/actions.ts";
import { EntryCard } from "#components/auth/entry-card.tsx";
import { NewPasswordField } from "#components/auth/new-password-field.tsx";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { SetupDone } from "#components/auth/setup-done.tsx";
import { useCheckedLink } from "#components/auth/use-checked-link.ts";
import { useEntrySubmit } from "#components/auth/use-entry-submit.ts";
import { authText } from "#components/strings/auth.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/input.tsx";

/** The page of a set-up link: the form when it counts, else what to do. */
export function SetupLink() {
  const link = useCheckedLink(checkSetupLink);
  if (link.state === "checking") return <EntryCard title={authText.checkingLink} />;
  if (link.state === "refused") {
    return <EntryCard title={link.message} {...(link.remedy !== null && { intro: link.remedy })} />;
  }
  switch (link.value) {
    case "open":
      return (
        <EntryCard title={authText.setupTitle} intro={authText.setupIntro}>
          <SetupForm token={link.token} />
        </EntryCard>
      );
    case "done":
      return <SetupDone />;
    case "unusable":
      return <EntryCard title={authText.setupUnusableTitle} intro={authText.setupUnusable} />;
  }
}

const empty = { organisation: "", name: "", email: "", password: "" };

function SetupForm({ token }: { readonly token: string }) {
  const [values, setValues] = useState(empty);
  const { working, refusal, fieldError, enter } = useEntrySubmit(finishSetup);
  const set = (name: keyof typeof empty) => (value: string) =>
    setValues((before) => ({ ...before, [name]: value }));
  const field = (name: keyof typeof empty) => ({
    name,
    value: values[name],
    onChange: set(name),
    error: fieldError(name),
  });
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!working) void enter({ token, ...values });
      }}
    >
      <RefusalNote refusal={refusal} />
      <TextField
        label={authText.organisation}
        hint={authText.organisationHint}
        {...field("organisation")}
        autoComplete="organization"
      />
      <TextField label={authText.name} {...field("name")} autoComplete="name" />
      <TextField label={authText.email} {...field("email")} type="email" autoComplete="username" />
      <NewPasswordField
        {...field("password")}
        personal={[values.organisation, values.name, values.email]}
      />
      <Button type="submit" variant="primary" busy={working}>
        {authText.setupSubmit}
      </Button>
    </form>
  );
}

function TextField({
  label,
  hint,
  error,
  onChange,
  ...rest
}: {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | undefined;
  readonly name: string;
  readonly type?: "email";
  readonly autoComplete: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Field label={label} required error={error} {...(hint !== undefined && { hint })}>
      <Input {...rest} maxLength={254} onChange={(event) => onChange(event.currentTarget.value)} />
    </Field>
  );
}
