"use client";
import { useState, useTransition } from "react";
import { open } from "#app/(console)/onboard/batches/actions.ts";
import { openInput, type BatchDraft, type Mapping } from "#components/batch/batch-draft.ts";
import type { ProfileChoice } from "#components/onboard/name-step.tsx";
import { batchText, batchWizardText } from "#components/strings/batch.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { batchKeys } from "#server/domain/device-batch.ts";
import type { Failure } from "#server/web/failure.ts";

type DraftProps = {
  readonly draft: BatchDraft;
  readonly onDraft: (draft: BatchDraft) => void;
};

/** Step 3: what becomes of the devices. Ends with the batch opened, ready for its file. */
export function OptionsStep({
  draft,
  file,
  mapping,
  profiles,
  onDraft,
  onBack,
  onOpened,
}: DraftProps & {
  readonly file: File;
  readonly mapping: Mapping;
  readonly profiles: readonly ProfileChoice[];
  readonly onBack: () => void;
  readonly onOpened: (batchId: string) => void;
}) {
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const problem = (path: string) => failure?.fields.find((field) => field.path === path)?.message;
  const needsCsr =
    draft.source === "manifest" && draft.keys === "csr" && !Object.values(mapping).includes("csr");

  function change(next: BatchDraft) {
    setFailure(undefined);
    onDraft(next);
  }
  function submit() {
    start(async () => {
      const result = await open(openInput(draft, file, mapping));
      if (result.ok) onOpened(result.value.batchId);
      else setFailure(result.error);
    });
  }
  return (
    <Card>
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && !needsCsr) submit();
          }}
        >
          <Names {...{ draft, profiles, problem }} onDraft={change} />
          <Keys draft={draft} onDraft={change} />
          {needsCsr && <ErrorNote>{batchWizardText.needsCsr}</ErrorNote>}
          <Quarantine {...{ draft, problem }} onDraft={change} />
          <Tags draft={draft} failure={failure} onDraft={change} />
          <FormFailure failure={failure} />
          <div className="flex gap-2">
            <Button onClick={onBack}>{batchWizardText.back}</Button>
            <Button type="submit" variant="primary" busy={busy}>
              {batchWizardText.upload}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

const tagsPath = "options.tags";
/** Fields whose problems stand beside them; those of any other are told at the end of the form. */
function isShown(path: string): boolean {
  return ["name", "profileId", "options.sampleSize"].includes(path) || path.startsWith(tagsPath);
}

/** What no field of the form says. */
function FormFailure({ failure }: { readonly failure: Failure | undefined }) {
  if (failure === undefined || failure.fields.some(({ path }) => isShown(path))) return null;
  return <ErrorNote remedy={failure.remedy ?? undefined}>{failure.message}</ErrorNote>;
}

type PartProps = DraftProps & { readonly problem: (path: string) => string | undefined };

function Names({
  draft,
  profiles,
  problem,
  onDraft,
}: PartProps & { readonly profiles: readonly ProfileChoice[] }) {
  return (
    <>
      <Field
        label={batchWizardText.name}
        hint={batchWizardText.nameHint}
        error={problem("name")}
        required
      >
        <Input
          autoComplete="off"
          maxLength={120}
          value={draft.name}
          onChange={(event) => onDraft({ ...draft, name: event.target.value })}
        />
      </Field>
      <Field label={batchWizardText.profile} error={problem("profileId")}>
        <Select
          value={draft.profileId}
          onChange={(event) => onDraft({ ...draft, profileId: event.target.value })}
          options={profiles.map(({ id, name, description }) => ({
            value: id,
            label: onboardText.profileOption(name, description),
          }))}
        />
      </Field>
    </>
  );
}

function Tags({ draft, failure, onDraft }: DraftProps & { readonly failure: Failure | undefined }) {
  return (
    <Field
      label={batchWizardText.tags}
      hint={batchWizardText.tagsHint}
      error={failure?.fields.find(({ path }) => path.startsWith(tagsPath))?.message}
    >
      <Input
        autoComplete="off"
        value={draft.tags}
        onChange={(event) => onDraft({ ...draft, tags: event.target.value })}
      />
    </Field>
  );
}

function Keys({ draft, onDraft }: DraftProps) {
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 text-sm font-medium">{batchWizardText.keysLegend}</legend>
      {batchKeys.map((keys) => (
        <label key={keys} className="flex gap-2 text-base text-ink">
          <span className="flex h-5 items-center">
            <input
              type="radio"
              name="keys"
              className="size-4 shrink-0 accent-accent"
              checked={draft.keys === keys}
              onChange={() => onDraft({ ...draft, keys })}
            />
          </span>
          <span>
            {batchText.keysOf(draft.source, keys).label}
            <span className="block text-sm text-ink-3">
              {batchText.keysOf(draft.source, keys).hint}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Quarantine({ draft, problem, onDraft }: PartProps) {
  return (
    <div className="flex flex-col gap-3">
      <Checkbox
        label={batchWizardText.quarantine}
        hint={batchWizardText.quarantineHint}
        checked={draft.quarantine}
        onChange={(event) => onDraft({ ...draft, quarantine: event.target.checked })}
      />
      {draft.quarantine && (
        <Field
          className="pl-6"
          label={batchWizardText.sampleSize}
          hint={batchWizardText.sampleHint}
          error={problem("options.sampleSize")}
        >
          <Input
            className="max-w-28"
            inputMode="numeric"
            autoComplete="off"
            value={draft.sampleSize}
            onChange={(event) => onDraft({ ...draft, sampleSize: event.target.value.trim() })}
          />
        </Field>
      )}
    </div>
  );
}
