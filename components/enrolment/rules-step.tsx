"use client";
import { useRef, useState, type FormEvent } from "react";
import { create } from "#app/(console)/onboard/groups/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import type { MadeGroup } from "#components/enrolment/needs-step.tsx";
import { PreviewCard } from "#components/enrolment/preview-card.tsx";
import {
  draftOfRules,
  problemsOfFields,
  type RulesDraft,
  type RulesProblems,
} from "#components/enrolment/rules-draft.ts";
import { RulesFields, type ProfileOption } from "#components/enrolment/rules-form.tsx";
import { useRules } from "#components/enrolment/use-rules.ts";
import { enrolmentText as text } from "#components/strings/enrolment.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";

/** Any profile's id: the rules need one to be written down, and the form names the real one. */
const noProfile = "00000000-0000-4000-8000-000000000000";

function firstDraft(profiles: readonly ProfileOption[]): RulesDraft {
  return draftOfRules(enrolmentRules.parse({ profileId: profiles[0]?.id ?? noProfile }));
}

const words = {
  leaveTitle: text.leaveTitle,
  leaveText: text.leaveText,
  leave: text.leave,
  stay: text.stay,
};

/** Step 2: what the group is called, and its rules, beside what would become of a device. */
export function RulesStep({
  kind,
  profiles,
  onBack,
  onMade,
}: {
  readonly kind: EnrolmentKind;
  readonly profiles: readonly ProfileOption[];
  readonly onBack: () => void;
  readonly onMade: (made: MadeGroup) => void;
}) {
  const [first] = useState(() => firstDraft(profiles));
  const form = useRef<HTMLFormElement>(null);
  const rules = useRules(form, first);
  const [problems, setProblems] = useState<RulesProblems>({});
  const { busy, refusal, fieldError, submit } = useSubmit(create);
  const guard = useLeaveGuard(rules.touched && !busy, words);
  async function make(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const [name, notes] = textsIn(event.currentTarget);
    const read = rules.readForm();
    setProblems(read.ok ? {} : read.problems);
    if (!read.ok) return;
    const made = await submit({ name, kind, rules: read.rules, notes });
    if (made !== undefined) onMade({ ...made, name });
  }
  return (
    <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card labelledBy="rules">
        <CardHeader id="rules" title={text.rules} />
        <CardBody>
          <form
            ref={form}
            noValidate
            className="flex flex-col gap-5"
            onInput={() => void rules.readForm()}
            onSubmit={(event) => void make(event)}
          >
            <NameField error={fieldError("name")} />
            <RulesFields
              kind={kind}
              first={first}
              profiles={profiles}
              problems={{ ...problemsOfFields(refusal?.fields ?? []), ...problems }}
            />
            <NotesField />
            <RefusalNote refusal={refusal} />
            <SubmitBar busy={busy} onBack={onBack} />
          </form>
        </CardBody>
      </Card>
      <PreviewCard kind={kind} rules={rules.read.ok ? rules.read.rules : undefined} />
      {guard}
    </div>
  );
}

/** The name and the notes. */
function textsIn(form: HTMLFormElement): readonly [string, string] {
  const fields = new FormData(form);
  const of = (name: string): string => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  return [of("name"), of("notes")];
}

function NameField({ error }: { readonly error: string | undefined }) {
  return (
    <Field label={text.name} hint={text.nameHint} error={error} required>
      <Input name="name" maxLength={100} autoComplete="off" placeholder={text.namePlaceholder} />
    </Field>
  );
}

function SubmitBar({ busy, onBack }: { readonly busy: boolean; readonly onBack: () => void }) {
  return (
    <div className="flex flex-wrap justify-between gap-2">
      <Button onClick={onBack}>{text.back}</Button>
      <Button type="submit" variant="primary" busy={busy}>
        {text.submit}
      </Button>
    </div>
  );
}

function NotesField() {
  return (
    <Field label={text.firstNotes} hint={text.notesHint}>
      <Input name="notes" maxLength={500} autoComplete="off" />
    </Field>
  );
}
