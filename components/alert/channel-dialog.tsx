"use client";
import { useState } from "react";
import { create } from "#app/(console)/settings/alerts/actions.ts";
import { ChannelFields, type ChannelDraft } from "#components/alert/channel-fields.tsx";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { channelText } from "#components/strings/alert.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { ChannelCreated } from "#server/services/alert-channel/create.ts";

const empty: ChannelDraft = {
  name: "",
  kind: "webhook",
  target: "",
  minSeverity: "warning",
  rules: [],
  enabled: true,
};

/** Button and form that make a channel; what was made, with its secret, goes to `onDone`. */
export function ChannelDialog({ onDone }: { readonly onDone: (made: ChannelCreated) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        {channelText.create}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={channelText.create}
        description={channelText.createIntro}
      >
        {open && (
          <CreateForm
            onDone={(made) => {
              setOpen(false);
              onDone(made);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function CreateForm({ onDone }: { readonly onDone: (made: ChannelCreated) => void }) {
  const [draft, setDraft] = useState(empty);
  const { busy, refusal, fieldError, submit } = useSubmit(create);
  async function make() {
    const { name, kind, target, minSeverity, rules } = draft;
    const made = await submit({ name, kind, target, minSeverity, rules: [...rules] });
    if (made !== undefined) onDone(made);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void make();
      }}
    >
      <RefusalNote refusal={refusal} />
      <ChannelFields draft={draft} isNew fieldError={fieldError} onChange={setDraft} />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {channelText.submit}
        </Button>
      </div>
    </form>
  );
}
