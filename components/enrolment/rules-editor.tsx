"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { changeRules } from "#app/(console)/onboard/groups/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { enrolmentKey, groupQuery } from "#components/enrolment/enrolment-queries.ts";
import { PreviewCard } from "#components/enrolment/preview-card.tsx";
import {
  draftOfRules,
  problemsOfFields,
  type RulesProblems,
} from "#components/enrolment/rules-draft.ts";
import { RulesFields, type ProfileOption } from "#components/enrolment/rules-form.tsx";
import { useRules } from "#components/enrolment/use-rules.ts";
import type { GroupDetail, GroupVersion } from "#components/enrolment/views.ts";
import { enrolmentText } from "#components/strings/enrolment.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";

const words = {
  leaveTitle: text.leaveTitle,
  leaveText: text.leaveText,
  leave: enrolmentText.leave,
  stay: enrolmentText.stay,
};

/** The rules in their form; saving makes the next version. */
export function RulesEditor({
  group,
  profiles,
  again,
  onDone,
}: {
  readonly group: GroupDetail;
  readonly profiles: readonly ProfileOption[];
  readonly again: GroupVersion | undefined;
  /** Saved or given up; with the secret of a webhook that was set for the first time. */
  readonly onDone: (webhookSecret?: string) => void;
}) {
  const [first] = useState(() => draftOfRules((again ?? group).rules));
  const form = useRef<HTMLFormElement>(null);
  const rules = useRules(form, first);
  const [problems, setProblems] = useState<RulesProblems>({});
  const saving = useSaveRules(group, onDone);
  const guard = useLeaveGuard(rules.touched, words);
  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (saving.busy) return;
    const read = rules.readForm();
    setProblems(read.ok ? {} : read.problems);
    if (read.ok) void saving.save(read.rules, notesIn(event.currentTarget));
  }
  return (
    <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card labelledBy="rules">
        <CardHeader id="rules" title={text.rules} aside={text.version(saving.base)} />
        <CardBody>
          <form
            ref={form}
            noValidate
            className="flex flex-col gap-5"
            onInput={() => void rules.readForm()}
            onSubmit={save}
          >
            <RulesFields
              kind={group.kind}
              first={first}
              profiles={profiles}
              problems={{ ...problemsOfFields(saving.fields), ...problems }}
            />
            <Notes again={again} />
            <SaveBar saving={saving} onCancel={() => onDone()} />
          </form>
        </CardBody>
      </Card>
      <PreviewCard
        kind={group.kind}
        groupId={group.id}
        rules={rules.read.ok ? rules.read.rules : undefined}
      />
      {guard}
    </div>
  );
}

type Saving = ReturnType<typeof useSaveRules>;

function SaveBar({ saving, onCancel }: { readonly saving: Saving; readonly onCancel: () => void }) {
  return (
    <>
      {saving.conflict === undefined ? (
        <RefusalNote refusal={saving.refusal} />
      ) : (
        <Conflict conflict={saving.conflict} onTakeTheirs={onCancel} />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>{text.cancel}</Button>
        <Button type="submit" variant="primary" busy={saving.busy}>
          {saving.conflict === undefined ? text.save(saving.base + 1) : text.keepMine}
        </Button>
      </div>
    </>
  );
}

function notesIn(form: HTMLFormElement): string {
  const notes = new FormData(form).get("notes");
  return typeof notes === "string" ? notes.trim() : "";
}

function Notes({ again }: { readonly again: GroupVersion | undefined }) {
  return (
    <Field label={enrolmentText.notes} hint={enrolmentText.notesHint}>
      <Input
        name="notes"
        maxLength={500}
        autoComplete="off"
        defaultValue={again === undefined ? "" : text.wentBack(again.version)}
      />
    </Field>
  );
}

type ConflictView = { readonly who: string; readonly version: number };

/** Saves over the version that was edited; when somebody was faster, a second time over theirs. */
function useSaveRules(group: GroupDetail, onDone: (webhookSecret?: string) => void) {
  const queries = useQueryClient();
  const toast = useToast();
  const [base, setBase] = useState(group.version);
  const [conflict, setConflict] = useState<ConflictView>();
  const { busy, refusal, submit } = useSubmit(changeRules);
  async function save(rules: GroupDetail["rules"], notes: string) {
    setConflict(undefined);
    const saved = await submit({
      groupId: group.id,
      version: base,
      rules,
      ...(notes !== "" && { notes }),
    });
    if (saved !== undefined) {
      toast({ tone: "ok", title: text.saved(saved.version), detail: text.savedDetail });
      await queries.invalidateQueries({ queryKey: enrolmentKey });
      onDone(saved.webhookSecret ?? undefined);
      return;
    }
    const now = await queries.fetchQuery({ ...groupQuery(group.id), staleTime: 0 });
    if (now.version === base) return;
    const newest = now.versions.find(({ version }) => version === now.version);
    setConflict({ who: newest?.createdBy ?? text.somebody, version: now.version });
    setBase(now.version);
  }
  return { base, busy, refusal, fields: refusal?.fields ?? [], conflict, save };
}

function Conflict({
  conflict,
  onTakeTheirs,
}: {
  readonly conflict: ConflictView;
  readonly onTakeTheirs: () => void;
}) {
  return (
    <div role="alert" className="rounded border border-warn/40 bg-warn-soft px-3 py-2.5">
      <p className="font-medium text-ink">{text.conflictTitle(conflict.who, conflict.version)}</p>
      <p className="mt-0.5 text-ink-2">{text.conflictText}</p>
      <div className="mt-2">
        <Button size="sm" onClick={onTakeTheirs}>
          {text.takeTheirs}
        </Button>
      </div>
    </div>
  );
}
