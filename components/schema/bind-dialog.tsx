"use client";
import { useState } from "react";
import { bind } from "#app/(console)/schemas/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { FormButtons } from "#components/schema/form-buttons.tsx";
import { VersionField } from "#components/schema/version-field.tsx";
import { useText } from "#components/strings/schema-use.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { SchemaView } from "#server/services/schema/view.ts";

type ProfileChoice = { readonly id: string; readonly name: string };

type Props = {
  readonly schema: SchemaView;
  /** Those that can be bound. */
  readonly profiles: readonly ProfileChoice[];
  readonly onDone: () => void;
  readonly onClose: () => void;
};

/** Gives the messages of a profile, by stream and content type, a version of the schema. */
export function BindDialog(props: Props) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      title={useText.bindTitle}
      description={useText.bindText}
    >
      {props.profiles.length === 0 ? (
        <p className="text-ink">{useText.noProfile}</p>
      ) : (
        <BindForm {...props} />
      )}
    </Dialog>
  );
}

function BindForm({ schema, profiles, onDone, onClose }: Props) {
  const toast = useToast();
  const [asked, setAsked] = useState({
    profileId: profiles[0]?.id ?? "",
    stream: "",
    contentType: "",
    version: schema.versions[0]?.version ?? 1,
  });
  const { busy, refusal, fieldError, submit } = useSubmit(bind);
  const change = (part: Partial<typeof asked>) => setAsked({ ...asked, ...part });
  async function send() {
    if ((await submit({ ...asked, schema: schema.name })) === undefined) return;
    const profile = profiles.find(({ id }) => id === asked.profileId)?.name ?? "";
    toast({
      tone: "ok",
      title: useText.bound(profile, asked.version),
      detail: useText.boundDetail,
    });
    onDone();
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field label={useText.profile} error={fieldError("profileId")}>
        <Select
          value={asked.profileId}
          options={profiles.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => change({ profileId: event.currentTarget.value })}
        />
      </Field>
      <VersionField
        versions={schema.versions}
        value={asked.version}
        onChange={(version) => change({ version })}
      />
      <MessageFields asked={asked} fieldError={fieldError} onChange={change} />
      <FormButtons label={useText.bindSubmit} busy={busy} onCancel={onClose} />
    </form>
  );
}

type Messages = { readonly stream: string; readonly contentType: string };

function MessageFields({
  asked,
  fieldError,
  onChange,
}: {
  readonly asked: Messages;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (part: Partial<Messages>) => void;
}) {
  return (
    <>
      <Field label={useText.stream} hint={useText.streamHint} error={fieldError("stream")}>
        <Input
          mono
          value={asked.stream}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ stream: event.currentTarget.value })}
        />
      </Field>
      <Field
        label={useText.contentType}
        hint={useText.contentTypeHint}
        error={fieldError("contentType")}
      >
        <Input
          mono
          value={asked.contentType}
          maxLength={128}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ contentType: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}
