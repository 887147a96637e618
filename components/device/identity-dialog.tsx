"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeIdentity } from "#app/(console)/devices/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { IdentityFields, tagsOf } from "#components/device/identity-fields.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** Changes what is noted of a device. */
export function IdentityDialog({
  device,
  onClose,
}: {
  readonly device: DeviceDetail;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState(() => draftOf(device));
  const { busy, refusal, fieldError, submit } = useSubmit(changeIdentity);
  const queries = useQueryClient();
  const toast = useToast();
  async function save() {
    const { deviceId } = device;
    if ((await submit({ ...draft, deviceId, tags: tagsOf(draft.tags) })) === undefined) return;
    toast({ tone: "ok", title: deviceText.saved });
    await queries.invalidateQueries({ queryKey: ["device", deviceId] });
    onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={deviceText.editTitle(device.name)}
      description={deviceText.editText}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <Field label={deviceText.name} error={fieldError("name")} required>
          <Input
            autoComplete="off"
            maxLength={120}
            value={draft.name}
            onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          />
        </Field>
        <IdentityFields
          draft={draft}
          problem={(path) =>
            refusal?.fields.find((field) => field.path.split(".")[0] === path)?.message
          }
          onChange={(part) => setDraft({ ...draft, ...part })}
        />
        <RefusalNote refusal={refusal} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={busy}>
            {deviceText.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function draftOf({ name, serial, manufacturer, model, hardwareRevision, tags }: DeviceDetail) {
  return { name, serial, manufacturer, model, hardwareRevision, tags: tags.join(", ") };
}
