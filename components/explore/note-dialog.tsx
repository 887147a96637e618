"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeNote, createNote, removeNote } from "#app/(console)/explore/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { marksKey } from "#components/explore/explore-queries.ts";
import { localTime, readLocalTime } from "#components/message/local-time.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ChartNote } from "#server/services/annotation/internal.ts";

type Named = { readonly id: string; readonly name: string };

/** A new note at an instant, or one that is there. */
export type NoteWanted =
  | { readonly kind: "new"; readonly at: number }
  | { readonly kind: "old"; readonly note: ChartNote };

/** Writes, changes or removes a note on a chart. Mount it to open it. */
export function NoteDialog({
  wanted,
  devices,
  onClose,
}: {
  readonly wanted: NoteWanted;
  /** Those that a new note may be about, besides every device. */
  readonly devices: readonly Named[];
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={wanted.kind === "new" ? exploreText.addNote : exploreText.editNote}
      {...(wanted.kind === "old" && { description: exploreText.noteBy(wanted.note.by) })}
    >
      <NoteForm wanted={wanted} devices={devices} onDone={onClose} />
    </Dialog>
  );
}

function startOf(wanted: NoteWanted, devices: readonly Named[]) {
  if (wanted.kind === "new") {
    const from = localTime(String(wanted.at));
    return { text: "", from, to: "", deviceId: devices[0]?.id ?? "" };
  }
  const { text, from, to, device } = wanted.note;
  return {
    text,
    from: localTime(String(from)),
    to: to === null ? "" : localTime(String(to)),
    deviceId: device?.id ?? "",
  };
}

/** Saving and removing, with what is said afterwards. */
function useNoteActions(wanted: NoteWanted, onDone: () => void) {
  const create = useSubmit(createNote);
  const change = useSubmit(changeNote);
  const remove = useSubmit(removeNote);
  const client = useQueryClient();
  const toast = useToast();
  async function done(title: string) {
    toast({ tone: "ok", title });
    onDone();
    await client.invalidateQueries({ queryKey: marksKey });
  }
  const { refusal, fieldError } = wanted.kind === "new" ? create : change;
  return {
    refusal: refusal ?? remove.refusal,
    fieldError,
    busy: create.busy || change.busy || remove.busy,
    save: async ({ deviceId, ...rest }: ReturnType<typeof saved>) => {
      const kept =
        wanted.kind === "new"
          ? await create.submit({ deviceId, ...rest })
          : await change.submit({ ...rest, id: wanted.note.id, revision: wanted.note.revision });
      if (kept !== undefined) await done(exploreText.noteSaved);
    },
    drop: async ({ id, revision }: ChartNote) => {
      if ((await remove.submit({ id, revision })) !== undefined) {
        await done(exploreText.noteRemoved);
      }
    },
  };
}

function NoteForm({
  wanted,
  devices,
  onDone,
}: {
  readonly wanted: NoteWanted;
  readonly devices: readonly Named[];
  readonly onDone: () => void;
}) {
  const [note, setNote] = useState(() => startOf(wanted, devices));
  const { refusal, fieldError, busy, save, drop } = useNoteActions(wanted, onDone);
  const from = readLocalTime(note.from);
  const set = (part: Partial<typeof note>) => setNote({ ...note, ...part });
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && from !== "") void save(saved(note));
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field
        label={exploreText.noteText}
        hint={exploreText.noteTextHint}
        error={fieldError("text")}
      >
        <Textarea
          rows={3}
          maxLength={500}
          value={note.text}
          onChange={(event) => set({ text: event.target.value })}
        />
      </Field>
      {wanted.kind === "new" && (
        <NoteDevice
          devices={devices}
          value={note.deviceId}
          error={fieldError("deviceId")}
          onChange={(deviceId) => set({ deviceId })}
        />
      )}
      <NoteTimes
        {...note}
        fromError={from === "" ? exploreText.noteWhenWrong : fieldError("from")}
        toError={fieldError("to")}
        onChange={set}
      />
      <NoteButtons
        busy={busy}
        {...(wanted.kind === "old" && { onRemove: () => void drop(wanted.note) })}
      />
    </form>
  );
}

/** What the fields say, as it is saved. */
function saved({ text, from, to, deviceId }: ReturnType<typeof startOf>) {
  const until = readLocalTime(to);
  return {
    text,
    from: new Date(Number(readLocalTime(from))),
    to: until === "" ? null : new Date(Number(until)),
    deviceId: deviceId === "" ? null : deviceId,
  };
}

function NoteButtons({
  busy,
  onRemove,
}: {
  readonly busy: boolean;
  /** Absent: there is nothing to remove yet. */
  readonly onRemove?: () => void;
}) {
  return (
    <div className="flex justify-end gap-2">
      {onRemove !== undefined && (
        <Button busy={busy} onClick={onRemove}>
          {exploreText.removeNote}
        </Button>
      )}
      <Button type="submit" variant="primary" busy={busy}>
        {exploreText.saveNote}
      </Button>
    </div>
  );
}

function NoteDevice({
  devices,
  value,
  error,
  onChange,
}: {
  readonly devices: readonly Named[];
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (deviceId: string) => void;
}) {
  return (
    <Field label={exploreText.noteDevice} error={error}>
      <Select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        options={[
          ...devices.map(({ id, name }) => ({ value: id, label: name })),
          { value: "", label: exploreText.noteEveryDevice },
        ]}
      />
    </Field>
  );
}

function NoteTimes({
  from,
  to,
  fromError,
  toError,
  onChange,
}: {
  readonly from: string;
  readonly to: string;
  readonly fromError: string | undefined;
  readonly toError: string | undefined;
  readonly onChange: (part: { readonly from?: string; readonly to?: string }) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={exploreText.noteFrom} error={fromError}>
        <Input
          type="datetime-local"
          step="0.001"
          value={from}
          onChange={(event) => onChange({ from: event.target.value })}
        />
      </Field>
      <Field label={exploreText.noteTo} hint={exploreText.noteToHint} error={toError}>
        <Input
          type="datetime-local"
          step="0.001"
          value={to}
          onChange={(event) => onChange({ to: event.target.value })}
        />
      </Field>
    </div>
  );
}
