"use client";
import { useState } from "react";
import { create } from "#app/(console)/settings/tokens/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { RoleSelect } from "#components/people/role-select.tsx";
import { peopleText } from "#components/strings/people.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Role } from "#server/domain/roles.ts";

type Made = { readonly name: string; readonly token: string };

const lives = Object.entries(peopleText.lives).map(([value, label]) => ({ value, label }));

/** Button and form that make a token; its text goes to `onMade`. */
export function TokenDialog({ onMade }: { readonly onMade: (made: Made) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        {peopleText.createToken}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={peopleText.createToken}>
        {open && (
          <TokenForm
            onMade={(made) => {
              setOpen(false);
              onMade(made);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function TokenForm({ onMade }: { readonly onMade: (made: Made) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [life, setLife] = useState("90");
  const { busy, refusal, fieldError, submit } = useSubmit(create);
  async function make() {
    const made = await submit({
      name,
      role,
      ...(life === "never" ? {} : { expiresInDays: Number(life) }),
    });
    if (made !== undefined) onMade(made);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void make();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field
        label={peopleText.tokenName}
        hint={peopleText.tokenNameHint}
        required
        error={fieldError("name")}
      >
        <Input
          value={name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Field label={peopleText.tokenRole} required error={fieldError("role")}>
        <RoleSelect value={role} onChange={setRole} />
      </Field>
      <Field label={peopleText.tokenLife} required error={fieldError("expiresInDays")}>
        <Select
          options={lives}
          value={life}
          onChange={(event) => setLife(event.currentTarget.value)}
        />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {peopleText.tokenSubmit}
        </Button>
      </div>
    </form>
  );
}
