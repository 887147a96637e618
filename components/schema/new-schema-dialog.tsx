"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { create } from "#app/(console)/schemas/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { InferStart } from "#components/schema/infer-start.tsx";
import {
  definitionOfStart,
  startsOf,
  type Start,
  type StartKind,
} from "#components/schema/new-schema.ts";
import { ProtobufFields } from "#components/schema/protobuf-fields.tsx";
import { schemaHref } from "#components/schema/schema-queries.ts";
import type { ProfileName } from "#components/schema/schema-list.tsx";
import { SourceArea } from "#components/schema/source-area.tsx";
import { formatNames, newSchemaText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { schemaFormats, type SchemaFormat } from "#server/domain/schema-definition.ts";

/** Button and dialog that make a schema; one is then in its editor. */
export function NewSchemaButton({ profiles }: { readonly profiles: readonly ProfileName[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        {newSchemaText.open}
      </Button>
      <Dialog
        size="lg"
        open={open}
        onOpenChange={setOpen}
        title={newSchemaText.open}
        description={newSchemaText.intro}
      >
        {open && <NewSchemaForm profiles={profiles} />}
      </Dialog>
    </>
  );
}

const blank: Start = {
  kind: "empty",
  format: "json",
  pasted: "",
  protobuf: null,
  inferred: undefined,
};

function NewSchemaForm({ profiles }: { readonly profiles: readonly ProfileName[] }) {
  const router = useRouter();
  const [words, setWords] = useState<Words>({ name: "", description: "" });
  const [start, setStart] = useState<Start>(blank);
  const [missing, setMissing] = useState<string>();
  const { busy, refusal, fieldError, submit } = useSubmit(create);
  function change(part: Partial<Start>) {
    setMissing(undefined);
    setStart((before) => ({ ...before, ...part }));
  }
  async function make() {
    const begun = definitionOfStart(start);
    if (!begun.ok) return setMissing(begun.missing);
    const made = await submit({ ...words, format: start.format, definition: begun.definition });
    if (made !== undefined) router.push(schemaHref(made.name));
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void make();
      }}
    >
      <RefusalNote refusal={refusal} />
      <WordFields words={words} fieldError={fieldError} onChange={setWords} />
      <FormatFields start={start} onChange={change} />
      <StartFields start={start} profiles={profiles} onChange={change} />
      {missing !== undefined && <ErrorNote>{missing}</ErrorNote>}
      {refusal?.fields
        .filter(({ path }) => path.startsWith("definition"))
        .map(({ path, message }) => (
          <ErrorNote key={path}>{message}</ErrorNote>
        ))}
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {newSchemaText.submit}
        </Button>
      </div>
    </form>
  );
}

type Words = { readonly name: string; readonly description: string };

function WordFields({
  words,
  fieldError,
  onChange,
}: {
  readonly words: Words;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (words: Words) => void;
}) {
  return (
    <>
      <Field
        label={newSchemaText.name}
        hint={newSchemaText.nameHint}
        error={fieldError("name")}
        required
      >
        <Input
          value={words.name}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ ...words, name: event.currentTarget.value })}
        />
      </Field>
      <Field label={newSchemaText.description} error={fieldError("description")}>
        <Input
          value={words.description}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => onChange({ ...words, description: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}

type StartProps = {
  readonly start: Start;
  readonly onChange: (part: Partial<Start>) => void;
};

function FormatFields({ start, onChange }: StartProps) {
  const starts = startsOf(start.format);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={newSchemaText.format} hint={newSchemaText.formatHint(start.format)}>
        <Select
          value={start.format}
          options={schemaFormats.map((value) => ({ value, label: formatNames[value] }))}
          onChange={({ currentTarget: { value } }) => {
            const format: SchemaFormat = schemaFormats.find((each) => each === value) ?? "json";
            onChange({ format, kind: startsOf(format)[0] ?? "empty" });
          }}
        />
      </Field>
      <Field label={newSchemaText.start}>
        <Select
          value={start.kind}
          options={starts.map((value) => ({ value, label: startNames[value] }))}
          onChange={({ currentTarget: { value } }) =>
            onChange({ kind: starts.find((each) => each === value) ?? "empty" })
          }
        />
      </Field>
    </div>
  );
}

const startNames: Readonly<Record<StartKind, string>> = {
  empty: newSchemaText.startEmpty,
  infer: newSchemaText.startInfer,
  paste: newSchemaText.startPaste,
  proto: newSchemaText.startProto,
};

function StartFields({
  start,
  profiles,
  onChange,
}: StartProps & { readonly profiles: readonly ProfileName[] }) {
  switch (start.kind) {
    case "empty":
      return null;
    case "infer":
      return (
        <InferStart
          profiles={profiles}
          inferred={start.inferred}
          onInferred={(inferred) => onChange({ inferred })}
        />
      );
    case "paste":
      return (
        <div className="flex flex-col gap-1.5">
          <p className="text-sm font-medium text-ink">{newSchemaText.paste}</p>
          <SourceArea
            label={newSchemaText.paste}
            value={start.pasted}
            readOnly={false}
            className="h-64"
            onChange={(pasted) => onChange({ pasted })}
          />
          <p className="text-sm text-ink-3">{newSchemaText.pasteHint}</p>
        </div>
      );
    case "proto":
      return (
        <ProtobufFields
          value={start.protobuf}
          readOnly={false}
          onChange={(protobuf) => onChange({ protobuf })}
        />
      );
  }
}
