"use client";
import { useState } from "react";
import { publish } from "#app/(console)/schemas/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { CompatibilityWords } from "#components/schema/compatibility-card.tsx";
import { FormButtons } from "#components/schema/form-buttons.tsx";
import { isStale, type Proved } from "#components/schema/proof-card.tsx";
import { ProofResult } from "#components/schema/proof-result.tsx";
import { checkText } from "#components/strings/schema.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { DefinitionCheck, SchemaView } from "#server/services/schema/view.ts";

type Props = {
  readonly schema: SchemaView;
  readonly definition: SchemaDefinition;
  readonly check: DefinitionCheck | undefined;
  readonly proved: Proved | undefined;
  /** Saves what is not saved yet. @returns the revision to publish, or undefined when refused */
  readonly ready: () => Promise<number | undefined>;
  readonly onPublished: (version: number) => void;
  readonly onClose: () => void;
};

/** Before a version is made for good: what it changes, what was proved, and words for the readers. */
export function PublishDialog(props: Props) {
  const { schema, onClose } = props;
  const next = (schema.versions[0]?.version ?? 0) + 1;
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={checkText.publishTitle(schema.name, next)}
      description={checkText.publishText}
    >
      <PublishForm {...props} />
    </Dialog>
  );
}

function PublishForm({ schema, definition, check, proved, ready, onPublished, onClose }: Props) {
  const [notes, setNotes] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(publish);
  async function send() {
    const revision = await ready();
    if (revision === undefined) return onClose();
    const made = await submit({ name: schema.name, revision, notes });
    if (made !== undefined) onPublished(made.version);
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
      {refusal !== undefined && (
        <ErrorNote remedy={refusal.remedy ?? undefined}>{refusal.message}</ErrorNote>
      )}
      {refusal !== undefined && refusal.fields.length > 0 && <Against fields={refusal.fields} />}
      <Field label={checkText.notes} hint={checkText.notesHint} error={fieldError("notes")}>
        <Textarea
          value={notes}
          maxLength={2000}
          rows={3}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
      </Field>
      <Section title={checkText.compatibility}>
        {check?.compatibility === null || check === undefined ? (
          <p className="text-ink-2">{checkText.firstVersion}</p>
        ) : (
          <CompatibilityWords compatibility={check.compatibility} />
        )}
      </Section>
      <Section title={checkText.proof}>
        {proved === undefined ? (
          <p className="text-ink-2">{checkText.proofNone}</p>
        ) : (
          <ProofResult proof={proved.proof} stale={isStale(proved, definition)} />
        )}
      </Section>
      <FormButtons label={checkText.publish} busy={busy} onCancel={onClose} />
    </form>
  );
}

function Against({
  fields,
}: {
  readonly fields: readonly { readonly path: string; readonly message: string }[];
}) {
  return (
    <Section title={checkText.refusedFields}>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        {fields.map(({ path, message }) => (
          <li key={`${path} ${message}`} className="wrap-anywhere text-ink">
            {path !== "" && <code className="mr-1.5 text-sm text-ink-2">{path}</code>}
            {message}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: React.ReactNode;
}) {
  return (
    <section className="rounded border border-line p-3">
      <h3 className="mb-1.5 text-sm font-medium text-ink">{title}</h3>
      {children}
    </section>
  );
}
