"use client";
import { useState } from "react";
import { acceptInvite, showInvite } from "#app/(entry)/invite/actions.ts";
import { EntryCard } from "#components/auth/entry-card.tsx";
import { NewPasswordField } from "#components/auth/new-password-field.tsx";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useCheckedLink } from "#components/auth/use-checked-link.ts";
import { useEntrySubmit } from "#components/auth/use-entry-submit.ts";
import { authText } from "#components/strings/auth.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/input.tsx";

/** The page of a one-time link by which a person chooses a password. */
export function InviteLink() {
  const link = useCheckedLink(showInvite);
  switch (link.state) {
    case "checking":
      return <EntryCard title={authText.checkingLink} />;
    case "refused":
      return (
        <EntryCard title={link.message} {...(link.remedy !== null && { intro: link.remedy })} />
      );
    case "known":
      return (
        <EntryCard
          title={authText.inviteTitle}
          intro={authText.inviteIntro(link.value.organisation)}
        >
          <InviteForm token={link.token} email={link.value.email} name={link.value.name} />
        </EntryCard>
      );
  }
}

function InviteForm({
  token,
  email,
  name,
}: {
  readonly token: string;
  readonly email: string;
  readonly name: string;
}) {
  const [password, setPassword] = useState("");
  const { working, refusal, fieldError, enter } = useEntrySubmit(acceptInvite);
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!working) void enter({ token, password });
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field label={authText.email}>
        <Input name="email" autoComplete="username" value={email} readOnly />
      </Field>
      <NewPasswordField
        value={password}
        onChange={setPassword}
        personal={[email, name]}
        error={fieldError("password")}
      />
      <Button type="submit" variant="primary" busy={working}>
        {authText.inviteSubmit}
      </Button>
    </form>
  );
}
