"use client";
import { commonNameOf } from "#components/campaign/asked-target.ts";
import type { TargetDraft } from "#components/campaign/campaign-draft.ts";
import { campaignWizardText } from "#components/strings/campaign.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Select, type SelectOption } from "#components/ui/select.tsx";
import type { CampaignChoices } from "#server/domain/campaign.ts";

const any: SelectOption = { value: "", label: campaignWizardText.any };

/** Step 1: which devices. What is typed before the page is alive counts. */
export function TargetStep({
  draft,
  choices,
  onNext,
  onForget,
}: {
  readonly draft: TargetDraft;
  readonly choices: CampaignChoices;
  readonly onNext: (draft: TargetDraft) => void;
  readonly onForget: () => void;
}) {
  return (
    <Card>
      <CardBody>
        <form
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            onNext(read(new FormData(event.currentTarget), draft));
          }}
        >
          <Field label={campaignWizardText.name} hint={campaignWizardText.nameHint} required>
            <Input
              name="name"
              autoComplete="off"
              maxLength={120}
              required
              defaultValue={draft.name}
            />
          </Field>
          <Field label={campaignWizardText.reason} hint={campaignWizardText.reasonHint}>
            <Input name="reason" autoComplete="off" maxLength={500} defaultValue={draft.reason} />
          </Field>
          <fieldset className="flex flex-col gap-4 border-t border-line pt-4">
            <legend className="contents">
              <span className="text-base font-semibold">{campaignWizardText.which}</span>
            </legend>
            <p className="text-ink-2">{campaignWizardText.whichText}</p>
            <Chosen ids={draft.certificateIds} onForget={onForget} />
            <Which draft={draft} choices={choices} />
          </fieldset>
          <div>
            <Button type="submit" variant="primary">
              {campaignWizardText.next}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

function read(fields: FormData, draft: TargetDraft): TargetDraft {
  return {
    name: textOf(fields, "name"),
    reason: textOf(fields, "reason"),
    issuer: textOf(fields, "issuer"),
    profile: textOf(fields, "profile"),
    tags: textOf(fields, "tags"),
    endsBefore: textOf(fields, "endsBefore"),
    keyAlgorithm: textOf(fields, "keyAlgorithm"),
    certificateIds: draft.certificateIds,
  };
}

function Chosen({
  ids,
  onForget,
}: {
  readonly ids: readonly string[];
  readonly onForget: () => void;
}) {
  if (ids.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 rounded border border-line bg-sunken px-3 py-2">
      <p className="font-medium" data-chosen={ids.length}>
        {ids.length === 1
          ? campaignWizardText.chosenOne
          : campaignWizardText.chosen(formatCount(ids.length))}
      </p>
      <Button size="sm" onClick={onForget}>
        {campaignWizardText.forget}
      </Button>
    </div>
  );
}

function Which({
  draft,
  choices,
}: {
  readonly draft: TargetDraft;
  readonly choices: CampaignChoices;
}) {
  const issuers = choices.issuers.map(({ value, name }) => ({ value, label: commonNameOf(name) }));
  const profiles = choices.profiles.map(({ value, name }) => ({ value, label: name }));
  const keys = choices.keyAlgorithms.map((name) => ({ value: name, label: name }));
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={campaignWizardText.issuer}>
        <Select
          name="issuer"
          className="w-full [&>select]:w-full"
          defaultValue={draft.issuer}
          options={[any, ...issuers]}
        />
      </Field>
      <Field label={campaignWizardText.profile}>
        <Select
          name="profile"
          className="w-full [&>select]:w-full"
          defaultValue={draft.profile}
          options={[any, ...profiles]}
        />
      </Field>
      <Field label={campaignWizardText.endsBefore}>
        <Input name="endsBefore" type="date" defaultValue={draft.endsBefore} />
      </Field>
      <Field label={campaignWizardText.keyAlgorithm}>
        <Select
          name="keyAlgorithm"
          className="w-full [&>select]:w-full"
          defaultValue={draft.keyAlgorithm}
          options={[any, ...keys]}
        />
      </Field>
      <Field
        className="sm:col-span-2"
        label={campaignWizardText.tags}
        hint={campaignWizardText.tagsHint}
      >
        <Input name="tags" autoComplete="off" list="campaign-tags" defaultValue={draft.tags} />
      </Field>
      <datalist id="campaign-tags">
        {choices.tags.map((tag) => (
          <option key={tag} value={tag}>
            {tag}
          </option>
        ))}
      </datalist>
    </div>
  );
}
