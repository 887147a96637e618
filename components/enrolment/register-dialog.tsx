"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { registerCa } from "#app/(console)/onboard/groups/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import { PemInput } from "#components/enrolment/pem-input.tsx";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";

type Props = {
  readonly group: GroupDetail;
  /** Given the id of the CA, whose possession is to be proven next. */
  readonly onRegistered: (authorityId: string) => void;
};

/** Button and form that register a CA. */
export function RegisterDialog({ group, onRegistered }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {text.register}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={text.registerTitle}
        description={text.authoritiesIntro}
      >
        {open && (
          <RegisterForm
            group={group}
            onRegistered={(id) => {
              setOpen(false);
              onRegistered(id);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function RegisterForm({ group, onRegistered }: Props) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [pem, setPem] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(registerCa);
  async function register() {
    const made = await submit({ groupId: group.id, name, pem });
    if (made === undefined) return;
    await queries.invalidateQueries({ queryKey: enrolmentKey });
    onRegistered(made.authorityId);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void register();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field
        label={text.authorityName}
        hint={text.authorityNameHint}
        error={fieldError("name")}
        required
      >
        <Input
          value={name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <PemInput
        label={text.pem}
        hint={text.pemHint}
        error={fieldError("pem")}
        value={pem}
        onChange={setPem}
      />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {text.register}
        </Button>
      </div>
    </form>
  );
}
