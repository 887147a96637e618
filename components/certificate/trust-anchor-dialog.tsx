"use client";
import { useState } from "react";
import { addAnchor, changeAnchor } from "#app/(console)/certificates/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { PemInput } from "#components/enrolment/pem-input.tsx";
import { trustAnchorText as text } from "#components/strings/trust-anchor.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { TrustAnchorView } from "#server/services/trust-anchor/list.ts";

export type ProfileChoice = { readonly id: string; readonly name: string };

/** Adds a trust anchor, or changes what is said of one. */
export function TrustAnchorDialog({
  anchor,
  profiles,
  open,
  onClose,
}: {
  /** Undefined: a new one. */
  readonly anchor: TrustAnchorView | undefined;
  readonly profiles: readonly ProfileChoice[];
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={anchor === undefined ? text.add : text.editLabel(anchor.name)}
    >
      {open && <TrustAnchorForm anchor={anchor} profiles={profiles} onDone={onClose} />}
    </Dialog>
  );
}

/** "1.0, 1.1" as versions. */
function versionsOf(typed: string): string[] {
  return typed
    .split(",")
    .map((version) => version.trim())
    .filter((version) => version !== "");
}

type Draft = {
  readonly name: string;
  readonly pem: string;
  readonly firmware: string;
  readonly profile: string;
  readonly note: string;
};

type Form = {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly fieldError: (path: string) => string | undefined;
};

function useDraft(anchor: TrustAnchorView | undefined) {
  const [draft, setDraft] = useState<Draft>({
    name: anchor?.name ?? "",
    pem: "",
    firmware: anchor?.firmware.join(", ") ?? "",
    profile: anchor?.profile?.id ?? "",
    note: anchor?.note ?? "",
  });
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  return { draft, change };
}

function TrustAnchorForm({
  anchor,
  profiles,
  onDone,
}: {
  readonly anchor: TrustAnchorView | undefined;
  readonly profiles: readonly ProfileChoice[];
  readonly onDone: () => void;
}) {
  const { draft, change } = useDraft(anchor);
  const adding = useSubmit(addAnchor);
  const changing = useSubmit(changeAnchor);
  const { busy, refusal, fieldError } = anchor === undefined ? adding : changing;
  async function save() {
    const { pem, firmware: typed, ...rest } = draft;
    const said = { ...rest, firmware: versionsOf(typed) };
    const done =
      anchor === undefined
        ? await adding.submit({ ...said, pem })
        : await changing.submit({ ...said, trustAnchorId: anchor.id });
    if (done !== undefined) onDone();
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field label={text.name} hint={text.nameHint} required error={fieldError("name")}>
        <Input
          value={draft.name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      {anchor === undefined && (
        <PemInput
          label={text.pem}
          hint={text.pemHint}
          error={fieldError("pem")}
          value={draft.pem}
          onChange={(pem) => change({ pem })}
        />
      )}
      <WhereFields profiles={profiles} draft={draft} change={change} fieldError={fieldError} />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {text.save}
        </Button>
      </div>
    </form>
  );
}

/** Which firmware has it built in, whose devices run that, and what else is to be said. */
function WhereFields({
  profiles,
  draft,
  change,
  fieldError,
}: Form & { readonly profiles: readonly ProfileChoice[] }) {
  return (
    <>
      <Field label={text.firmware} hint={text.firmwareHint} error={fieldError("firmware")}>
        <Input
          value={draft.firmware}
          autoComplete="off"
          onChange={(event) => change({ firmware: event.target.value })}
        />
      </Field>
      <Field label={text.profile} hint={text.profileHint} error={fieldError("profile")}>
        <Select
          value={draft.profile}
          options={[
            { value: "", label: text.anyProfile },
            ...profiles.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => change({ profile: event.target.value })}
        />
      </Field>
      <Field label={text.note} error={fieldError("note")}>
        <Textarea
          rows={3}
          value={draft.note}
          maxLength={500}
          onChange={(event) => change({ note: event.target.value })}
        />
      </Field>
    </>
  );
}
