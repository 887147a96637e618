"use client";
import { useState } from "react";
import { invite } from "#app/(console)/settings/people/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { RoleSelect } from "#components/people/role-select.tsx";
import { peopleText } from "#components/strings/people.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { Role } from "#server/domain/roles.ts";
import type { IssuedLink } from "#server/services/invitation/insert.ts";

/** Button and form that make an invitation; its link goes to `onLink`. */
export function InviteDialog({ onLink }: { readonly onLink: (link: IssuedLink) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        {peopleText.invite}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={peopleText.invite}
        description={peopleText.inviteIntro}
      >
        {open && (
          <InviteForm
            onLink={(link) => {
              setOpen(false);
              onLink(link);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function InviteForm({ onLink }: { readonly onLink: (link: IssuedLink) => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const { busy, refusal, fieldError, submit } = useSubmit(invite);
  async function send() {
    const link = await submit({ name, email, role });
    if (link !== undefined) onLink(link);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field label={peopleText.inviteName} required error={fieldError("name")}>
        <Input
          value={name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Field label={peopleText.inviteEmail} required error={fieldError("email")}>
        <Input
          type="email"
          value={email}
          maxLength={254}
          autoComplete="off"
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </Field>
      <Field label={peopleText.inviteRole} required error={fieldError("role")}>
        <RoleSelect value={role} onChange={setRole} />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {peopleText.inviteSubmit}
        </Button>
      </div>
    </form>
  );
}
