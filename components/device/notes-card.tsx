"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { forgetNote, noteOnDevice, rewriteNote } from "#app/(console)/devices/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { notesQuery } from "#components/device/annotation-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { noteText } from "#components/strings/device-notes.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeviceNote } from "#server/services/device-note/internal.ts";

type Writing = { readonly note: DeviceNote | null };

/** What people noted of a device, newest first. */
export function NotesCard({
  deviceId,
  mayWrite,
}: {
  readonly deviceId: string;
  readonly mayWrite: boolean;
}) {
  const [writing, setWriting] = useState<Writing | null>(null);
  const list = useQuery(notesQuery(deviceId));
  const notes = list.data?.notes ?? [];
  return (
    <Card labelledBy="notes">
      <CardHeader
        id="notes"
        title={noteText.title}
        aside={
          mayWrite && (
            <Button
              size="sm"
              aria-disabled={writing !== null}
              onClick={() => setWriting((before) => before ?? { note: null })}
            >
              {noteText.add}
            </Button>
          )
        }
      />
      <CardBody className="flex flex-col gap-3">
        {writing !== null && (
          <NoteForm
            key={writing.note?.id ?? "new"}
            deviceId={deviceId}
            note={writing.note}
            onEnd={() => setWriting(null)}
          />
        )}
        {list.isError && <ErrorNote remedy={list.error.message}>{noteText.failed}</ErrorNote>}
        {list.isSuccess && notes.length === 0 && writing === null && (
          <p className="text-ink-3">{noteText.empty}</p>
        )}
        <ul className="flex flex-col gap-3 empty:hidden">
          {notes.map((note) => (
            <Note
              key={note.id}
              deviceId={deviceId}
              note={note}
              onEdit={mayWrite ? () => setWriting({ note }) : null}
            />
          ))}
        </ul>
      </CardBody>
    </Card>
  );
}

function Note({
  deviceId,
  note,
  onEdit,
}: {
  readonly deviceId: string;
  readonly note: DeviceNote;
  readonly onEdit: (() => void) | null;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(forgetNote, () => ({ title: noteText.removed }));
  async function remove() {
    if (!(await change({ deviceId, noteId: note.id }))) return;
    await queries.invalidateQueries({ queryKey: notesQuery(deviceId).queryKey });
  }
  return (
    <li className="border-b border-line pb-3 last:border-0 last:pb-0">
      <p className="break-words whitespace-pre-wrap text-ink">{note.text}</p>
      <div className="mt-1 flex flex-wrap items-center gap-x-2 text-sm text-ink-3">
        <span className="truncate">{note.createdBy}</span>
        <RelativeTime value={note.createdAt} />
        {note.changedAt !== null && (
          <span>
            {noteText.changed} <RelativeTime value={note.changedAt} />
          </span>
        )}
        {onEdit !== null && (
          <span className="ml-auto flex gap-1">
            <Button
              variant="ghost"
              size="sm"
              aria-label={noteText.editLabel(note.createdBy)}
              onClick={onEdit}
            >
              {noteText.edit}
            </Button>
            <Button
              variant="ghost"
              size="sm"
              busy={busy}
              aria-label={noteText.removeLabel(note.createdBy)}
              onClick={() => void remove()}
            >
              {noteText.remove}
            </Button>
          </span>
        )}
      </div>
    </li>
  );
}

function NoteForm({
  deviceId,
  note,
  onEnd,
}: {
  readonly deviceId: string;
  readonly note: DeviceNote | null;
  readonly onEnd: () => void;
}) {
  const [text, setText] = useState(note?.text ?? "");
  const queries = useQueryClient();
  const { busy, refusal, fieldError, submit } = useSubmit((written: string) =>
    note === null
      ? noteOnDevice({ deviceId, text: written })
      : rewriteNote({ deviceId, noteId: note.id, text: written, revision: note.revision }),
  );
  async function save() {
    if ((await submit(text)) === undefined) return;
    await queries.invalidateQueries({ queryKey: notesQuery(deviceId).queryKey });
    onEnd();
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <Field label={noteText.write} hint={noteText.hint} error={fieldError("text")} required>
        <Textarea
          rows={3}
          maxLength={4_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <RefusalNote refusal={refusal} />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onEnd}>
          {noteText.cancel}
        </Button>
        <Button type="submit" variant="primary" busy={busy}>
          {noteText.save}
        </Button>
      </div>
    </form>
  );
}
