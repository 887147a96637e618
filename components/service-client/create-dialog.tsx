"use client";
import { useState } from "react";
import { create } from "#app/(console)/settings/service-clients/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { GrantsEditor } from "#components/service-client/grants-editor.tsx";
import {
  draftOf,
  grantPresets,
  grantsOf,
  type GrantDraft,
} from "#components/service-client/grants.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { ServiceClientCreated } from "#server/services/service-client/create.ts";

type Props = {
  readonly operator: boolean;
  readonly onMade: (made: ServiceClientCreated) => void;
};

/** Button and form that make a service client; its password goes to `onMade`. */
export function CreateDialog({ operator, onMade }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        {serviceText.create}
      </Button>
      <Dialog
        size="lg"
        open={open}
        onOpenChange={setOpen}
        title={serviceText.create}
        description={serviceText.createIntro}
      >
        {open && (
          <CreateForm
            operator={operator}
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

function CreateForm({ operator, onMade }: Props) {
  const [draft, setDraft] = useState<Draft>({ name: "", slug: "", description: "" });
  const [grants, setGrants] = useState<readonly GrantDraft[]>(() =>
    (grantPresets[0]?.grants ?? []).map(draftOf),
  );
  const { busy, refusal, fieldError, submit } = useSubmit(create);
  async function make() {
    const { slug, ...words } = draft;
    const made = await submit({
      ...words,
      grants: [...grantsOf(grants)],
      ...(slug.trim() !== "" && { slug: slug.trim() }),
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
      <NameFields draft={draft} fieldError={fieldError} onChange={setDraft} />
      <GrantsEditor
        grants={grants}
        errorOf={(index) => fieldError(`grants.${index}.filter`)}
        operator={operator}
        onChange={setGrants}
      />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {serviceText.submit}
        </Button>
      </div>
    </form>
  );
}

type Draft = { readonly name: string; readonly slug: string; readonly description: string };

function NameFields({
  draft,
  fieldError,
  onChange,
}: {
  readonly draft: Draft;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (draft: Draft) => void;
}) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={serviceText.name}
          hint={serviceText.nameHint}
          required
          error={fieldError("name")}
        >
          <Input
            value={draft.name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
          />
        </Field>
        <Field label={serviceText.slug} hint={serviceText.slugHint} error={fieldError("slug")}>
          <Input
            mono
            value={draft.slug}
            maxLength={48}
            autoComplete="off"
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => onChange({ ...draft, slug: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Field label={serviceText.description} error={fieldError("description")}>
        <Input
          value={draft.description}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}
