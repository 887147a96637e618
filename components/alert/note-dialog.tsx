"use client";
import { useState } from "react";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { alertText } from "#components/strings/alert.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import type { ActionResult } from "#server/web/action.ts";

/** A button and a dialog that asks for a note before something is done to one alert or several. */
export function NoteDialog<T>({
  label,
  title,
  text,
  variant = "primary",
  act,
  onDone,
}: {
  readonly label: string;
  readonly title: string;
  readonly text: string;
  readonly variant?: "primary" | "secondary";
  readonly act: (note: string) => Promise<ActionResult<T>>;
  readonly onDone: (value: T) => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={title} description={text}>
        {open && (
          <NoteForm
            label={title}
            act={act}
            onDone={(value) => {
              setOpen(false);
              onDone(value);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function NoteForm<T>({
  label,
  act,
  onDone,
}: {
  readonly label: string;
  readonly act: (note: string) => Promise<ActionResult<T>>;
  readonly onDone: (value: T) => void;
}) {
  const [note, setNote] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(act);
  async function send() {
    const value = await submit(note);
    if (value !== undefined) onDone(value);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field
        label={alertText.acknowledgeNote}
        hint={alertText.acknowledgeNoteHint}
        error={fieldError("note")}
      >
        <Textarea
          rows={3}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {label}
        </Button>
      </div>
    </form>
  );
}
