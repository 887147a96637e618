"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { inferDefinition } from "#components/schema/schema-queries.ts";
import type { ProfileName } from "#components/schema/schema-list.tsx";
import { newSchemaText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { InferredSchema } from "#server/services/schema/infer.ts";

const spans = [1, 24, 168] as const;

/** Proposes a first draft from what the devices of a profile have sent. */
export function InferStart({
  profiles,
  inferred,
  onInferred,
}: {
  readonly profiles: readonly ProfileName[];
  readonly inferred: SchemaDefinition | undefined;
  readonly onInferred: (definition: SchemaDefinition | undefined) => void;
}) {
  const [asked, setAsked] = useState<Asked>({
    profileId: profiles[0]?.id ?? "",
    stream: "",
    hours: "24",
  });
  const looking = useMutation({
    mutationFn: async () => inferDefinition({ ...asked, hours: Number(asked.hours) }),
    onSuccess: ({ samples, definition }) => onInferred(samples === 0 ? undefined : definition),
  });
  function change(part: Partial<Asked>) {
    onInferred(undefined);
    looking.reset();
    setAsked({ ...asked, ...part });
  }
  return (
    <div className="flex flex-col gap-3 rounded border border-line bg-sunken p-3">
      <TrafficFields asked={asked} profiles={profiles} onChange={change} />
      <p className="text-sm text-ink-3">{newSchemaText.streamHint}</p>
      <div>
        <Button size="sm" busy={looking.isPending} onClick={() => looking.mutate()}>
          {looking.isPending ? newSchemaText.inferring : newSchemaText.infer}
        </Button>
      </div>
      {looking.isError && <ErrorNote>{looking.error.message}</ErrorNote>}
      <div aria-live="polite">
        {looking.data !== undefined && (
          <Evidence found={looking.data} proposed={inferred !== undefined} />
        )}
      </div>
    </div>
  );
}

/** Which traffic, as it is typed. */
type Asked = { readonly profileId: string; readonly stream: string; readonly hours: string };

function TrafficFields({
  asked,
  profiles,
  onChange,
}: {
  readonly asked: Asked;
  readonly profiles: readonly ProfileName[];
  readonly onChange: (part: Partial<Asked>) => void;
}) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Field label={newSchemaText.profile}>
        <Select
          value={asked.profileId}
          options={profiles.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => onChange({ profileId: event.currentTarget.value })}
        />
      </Field>
      <Field label={newSchemaText.stream}>
        <Input
          mono
          value={asked.stream}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ stream: event.currentTarget.value })}
        />
      </Field>
      <Field label={newSchemaText.hours}>
        <Select
          value={asked.hours}
          options={spans.map((span) => ({
            value: String(span),
            label: newSchemaText.hoursOption[span],
          }))}
          onChange={(event) => onChange({ hours: event.currentTarget.value })}
        />
      </Field>
    </div>
  );
}

function Evidence({
  found,
  proposed,
}: {
  readonly found: InferredSchema;
  readonly proposed: boolean;
}) {
  if (!proposed) {
    return (
      <>
        <p className="font-medium text-ink">{newSchemaText.inferNothing}</p>
        <p className="text-ink-2">{newSchemaText.inferNothingText}</p>
      </>
    );
  }
  return (
    <>
      <p className="font-medium text-ink">{newSchemaText.inferred(formatCount(found.samples))}</p>
      <p className="mb-2 text-ink-2">{newSchemaText.inferredText}</p>
      <div className="rounded border border-line bg-surface">
        <Table>
          <thead>
            <Tr>
              <Th>{newSchemaText.evidenceField}</Th>
              <Th>{newSchemaText.evidenceType}</Th>
              <Th>{newSchemaText.evidenceSeen}</Th>
              <Th className="max-sm:hidden">{newSchemaText.evidenceExample}</Th>
            </Tr>
          </thead>
          <tbody>
            {found.evidence.map((field) => (
              <Tr key={field.field}>
                <Td className="font-mono text-sm wrap-anywhere">{field.field}</Td>
                <Td>{field.types}</Td>
                <Td>
                  {newSchemaText.evidenceShare(formatCount(field.seen), formatCount(field.of))}
                </Td>
                <Td className="max-w-48 truncate font-mono text-sm max-sm:hidden">
                  {field.example}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}
