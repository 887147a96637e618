"use client";
import { useState } from "react";
import { bind } from "#app/(console)/schemas/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { BindingDialogProps } from "#components/schema/canary-dialog.tsx";
import { VersionField } from "#components/schema/version-field.tsx";
import { useText } from "#components/strings/schema-use.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { useToast } from "#components/ui/toast.tsx";

/** Gives the messages of a binding another version of the same schema, all at once. */
export function ChangeVersionDialog({ schema, binding, onDone, onClose }: BindingDialogProps) {
  const toast = useToast();
  const [version, setVersion] = useState(schema.versions[0]?.version ?? 1);
  const { busy, refusal, submit } = useSubmit(bind);
  async function send() {
    const { profileId, stream, contentType, profileName } = binding;
    const bound = await submit({ profileId, stream, contentType, schema: schema.name, version });
    if (bound === undefined) return;
    toast({
      tone: "ok",
      title: useText.bound(profileName, version),
      detail: useText.boundDetail,
    });
    onDone();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={useText.changeTitle(binding.profileName)}
      description={useText.bindText}
      footer={
        <>
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button variant="primary" busy={busy} onClick={() => void send()}>
            {useText.bindSubmit}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RefusalNote refusal={refusal} />
        <VersionField versions={schema.versions} value={version} onChange={setVersion} />
      </div>
    </Dialog>
  );
}
