"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { assign } from "#app/(console)/dead-letters/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { assigneesQuery, groupsKey } from "#components/dead-letter/group-queries.ts";
import { careText } from "#components/strings/workbench.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

/** Who takes care of a cause, and what the others should know of it. */
export function AssignDialog({
  group,
  onClose,
}: {
  readonly group: DeadLetterGroupDetail;
  readonly onClose: () => void;
}) {
  const options = useAssignees(group);
  const [assignee, setAssignee] = useState(group.assignee?.id ?? "");
  const [note, setNote] = useState(group.note);
  const { busy, refusal, save } = useAssign(onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={careText.assignTitle}
      description={careText.assignText}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (busy) return;
          const assigneeId = assignee === "" ? null : assignee;
          void save({ fingerprint: group.fingerprint, assigneeId, note });
        }}
      >
        <Field label={careText.assignee}>
          <Select
            className="w-full"
            options={options}
            value={assignee}
            onChange={(event) => setAssignee(event.target.value)}
          />
        </Field>
        <Field label={careText.note}>
          <Textarea
            rows={3}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Field>
        {refusal !== undefined && (
          <ErrorNote {...(refusal.remedy !== null && { remedy: refusal.remedy })}>
            {refusal.message}
          </ErrorNote>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {careText.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Assigns, says so, and reads the groups anew. */
function useAssign(onDone: () => void) {
  const client = useQueryClient();
  const toast = useToast();
  const { busy, refusal, submit } = useSubmit(assign);
  async function save(input: Parameters<typeof assign>[0]) {
    if ((await submit(input)) === undefined) return;
    toast({ tone: "ok", title: careText.assigned });
    await client.invalidateQueries({ queryKey: groupsKey });
    onDone();
  }
  return { busy, refusal, save };
}

/** Nobody, and those of the organisation who may settle dead letters; whoever has it already is always there. */
function useAssignees({ assignee }: DeadLetterGroupDetail) {
  const { data: people = [] } = useQuery(assigneesQuery());
  const others = people
    .filter((person) => person.id !== assignee?.id)
    .map((person) => ({
      value: person.id,
      label: person.name,
    }));
  const present = assignee === null ? [] : [{ value: assignee.id, label: assignee.name }];
  return [{ value: "", label: careText.nobody }, ...present, ...others];
}
