"use client";
import { useState } from "react";
import { rotateKey } from "#app/(console)/onboard/groups/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { OneTimeSecret } from "#components/people/one-time-secret.tsx";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";

export type KeySlot = "primary" | "secondary" | "webhook";

type Made = { readonly slot: KeySlot; readonly key: string };

/** Before a key is replaced: how far that reaches; then the new one, this once. */
export function RotateDialog({
  group,
  slot,
  onClose,
}: {
  readonly group: GroupDetail;
  /** Undefined: closed. */
  readonly slot: KeySlot | undefined;
  readonly onClose: () => void;
}) {
  const { busy, refusal, submit } = useSubmit(rotateKey);
  const [made, setMade] = useState<Made>();
  const word = text.slots[slot ?? "primary"];
  async function confirm() {
    if (slot === undefined) return;
    const rotated = await submit({ groupId: group.id, slot });
    if (rotated === undefined) return;
    setMade({ slot, key: rotated.key });
    onClose();
  }
  return (
    <>
      <DangerDialog
        open={slot !== undefined}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        title={text.rotateTitle(word)}
        description={slot === "webhook" ? text.rotateWebhookText : text.rotateText}
        blastRadius={[
          {
            key: "devices",
            label: text.blastDevices,
            value: text.blastDevicesUntouched(formatCount(group.enrolled)),
          },
          { key: "pending", label: text.blastPending, value: formatCount(group.pending) },
        ]}
        confirmLabel={text.rotateConfirm}
        busy={busy}
        error={refusal?.message}
        onConfirm={() => void confirm()}
      />
      <OneTimeSecret
        title={text.rotated(text.slots[made?.slot ?? "primary"])}
        description={text.keyOnce}
        what={text.slots[made?.slot ?? "primary"]}
        text={made?.key}
        onClose={() => setMade(undefined)}
      />
    </>
  );
}
