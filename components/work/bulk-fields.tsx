"use client";
import { useQuery } from "@tanstack/react-query";
import { bulkText } from "#components/strings/work.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { BulkDraft } from "#components/work/bulk-draft.ts";
import { profileNamesQuery } from "#components/work/work-queries.ts";
import { maxBulkTags, type BulkKind } from "#server/domain/bulk-action.ts";

type FieldsProps = {
  readonly kind: BulkKind;
  readonly draft: BulkDraft;
  /** What the server said of a field the last time. */
  readonly error: (path: string) => string | undefined;
  readonly onChange: (change: Partial<BulkDraft>) => void;
};

/** What an action needs to know, and why it is done. */
export function BulkFields(props: FieldsProps) {
  const { kind, draft, error, onChange } = props;
  return (
    <>
      <OwnFields {...props} />
      {kind !== "add_tags" && kind !== "remove_tags" && kind !== "set_place" && (
        <Field
          label={bulkText.reason}
          hint={bulkText.reasonHint}
          error={error("reason")}
          required={kind === "decommission"}
        >
          <Input
            maxLength={500}
            autoComplete="off"
            value={draft.reason}
            onChange={(event) => onChange({ reason: event.target.value })}
          />
        </Field>
      )}
    </>
  );
}

function OwnFields({ kind, draft, error, onChange }: FieldsProps) {
  switch (kind) {
    case "add_tags":
    case "remove_tags":
      return (
        <Field label={bulkText.tagsField} hint={bulkText.tagsHint} error={tagsError(error)}>
          <Input
            autoComplete="off"
            spellCheck={false}
            maxLength={700}
            value={draft.tags}
            onChange={(event) => onChange({ tags: event.target.value })}
          />
        </Field>
      );
    case "set_place":
      return (
        <Field label={bulkText.place} hint={bulkText.placeHint} error={error("action.place")}>
          <Input
            autoComplete="off"
            maxLength={200}
            value={draft.place}
            onChange={(event) => onChange({ place: event.target.value })}
          />
        </Field>
      );
    case "set_profile":
      return <ProfileField {...{ draft, error, onChange }} />;
    case "approve":
      return (
        <Checkbox
          label={bulkText.replay}
          checked={draft.replay}
          onChange={(event) => onChange({ replay: event.target.checked })}
        />
      );
    case "decommission":
      return <EndFields {...{ draft, onChange }} />;
    case "quarantine":
    case "suspend":
    case "resume":
      return null;
  }
}

/** Of the list, or of the first tag that is none. */
function tagsError(error: FieldsProps["error"]): string | undefined {
  const places = Array.from({ length: maxBulkTags }, (_, index) => `action.tags.${index}`);
  return ["action.tags", ...places].map(error).find((text) => text !== undefined);
}

function EndFields({ draft, onChange }: Pick<FieldsProps, "draft" | "onChange">) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <ChoiceField
        label={bulkText.children}
        value={draft.children}
        choices={["detach", "decommission"]}
        names={bulkText.childrenChoices}
        onChange={(children) => onChange({ children })}
      />
      <ChoiceField
        label={bulkText.data}
        value={draft.data}
        choices={["keep", "erase"]}
        names={bulkText.dataChoices}
        onChange={(data) => onChange({ data })}
      />
    </div>
  );
}

function ProfileField({ draft, error, onChange }: Omit<FieldsProps, "kind">) {
  const { data: profiles, error: failed } = useQuery(profileNamesQuery());
  if (failed !== null) {
    return <ErrorNote remedy={failed.message}>{bulkText.profilesFailed}</ErrorNote>;
  }
  return (
    <Field label={bulkText.profile} error={error("action.profileId")}>
      <Select
        value={draft.profileId}
        options={[
          { value: "", label: bulkText.chooseProfile, disabled: true },
          ...(profiles ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget }) => onChange({ profileId: currentTarget.value })}
      />
    </Field>
  );
}
