"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { change, create } from "#app/(console)/fleet/groups/actions.ts";
import { groupHref, groupsKey } from "#components/group/group-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { deviceGroupText as text } from "#components/strings/group.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";
import { maxQueryLength } from "#server/domain/fleet-filter.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import type { GroupView } from "#server/services/group/view.ts";

/** Makes a group of a filter, or edits one: its name, description and query. */
export function GroupDialog({
  filter,
  group,
  onClose,
}: {
  readonly filter: FleetFilter;
  readonly group?: GroupView;
  readonly onClose: () => void;
}) {
  const form = useId();
  const [name, setName] = useState(group?.name ?? "");
  const [description, setDescription] = useState(group?.description ?? "");
  const [query, setQuery] = useState(filter.query);
  const { busy, save } = useSave(group, onClose);
  const problem = parseFleetQuery(query).problems[0]?.message;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={group === undefined ? text.createTitle : text.editTitle}
      description={text.createText}
      footer={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            {group === undefined ? text.create : text.save}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined) void save({ name, description, filter: { ...filter, query } });
        }}
      >
        <GroupFields
          draft={{ name, description, query }}
          problem={problem}
          onName={setName}
          onDescription={setDescription}
          onQuery={setQuery}
        />
      </form>
    </Dialog>
  );
}

function GroupFields({
  draft,
  problem,
  onName,
  onDescription,
  onQuery,
}: {
  readonly draft: { readonly name: string; readonly description: string; readonly query: string };
  readonly problem: string | undefined;
  readonly onName: (name: string) => void;
  readonly onDescription: (description: string) => void;
  readonly onQuery: (query: string) => void;
}) {
  return (
    <>
      <Field label={text.name} required>
        <Input
          value={draft.name}
          maxLength={100}
          placeholder={text.namePlaceholder}
          onChange={(event) => onName(event.target.value)}
        />
      </Field>
      <Field label={text.description}>
        <Textarea
          rows={2}
          value={draft.description}
          maxLength={500}
          onChange={(event) => onDescription(event.target.value)}
        />
      </Field>
      <Field label={text.query} hint={text.queryHint} error={problem}>
        <Input
          mono
          value={draft.query}
          maxLength={maxQueryLength}
          onChange={(event) => onQuery(event.target.value)}
        />
      </Field>
    </>
  );
}

type Draft = { readonly name: string; readonly description: string; readonly filter: FleetFilter };

function useSave(group: GroupView | undefined, onClose: () => void) {
  const router = useRouter();
  const queries = useQueryClient();
  const made = useChange(create, (saved) => {
    router.push(groupHref(saved.id));
    return { title: text.createdToast(saved.name) };
  });
  const changed = useChange(change, ({ name }) => ({ title: text.savedToast(name) }));
  async function save(draft: Draft) {
    const done =
      group === undefined
        ? await made.change(draft)
        : await changed.change({ ...draft, groupId: group.id, revision: group.revision });
    if (!done) return;
    await queries.invalidateQueries({ queryKey: groupsKey });
    onClose();
  }
  return { busy: made.busy || changed.busy, save };
}
