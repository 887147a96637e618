"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endSession } from "#app/(console)/sessions/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { brokerText } from "#components/strings/broker.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { MqttSessionView } from "#server/services/mqtt-session/view.ts";

/** Asks before a session ends, with what is lost by it. */
export function EndSessionDialog({
  session,
  onClose,
}: {
  readonly session: MqttSessionView;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const { busy, refusal, submit } = useSubmit(endSession);
  const { clientId, queue } = session;
  async function confirm() {
    if ((await submit({ sessionId: session.id, reason })) === undefined) return;
    toast({ tone: "ok", title: brokerText.ended(clientId) });
    await queries.invalidateQueries({ queryKey: ["mqtt-sessions"] });
    onClose();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={brokerText.endTitle(clientId)}
      description={brokerText.endText}
      blastRadius={[
        {
          key: "subscriptions",
          label: brokerText.subscriptionsLabel,
          value: formatCount(session.subscriptionCount),
        },
        {
          key: "queue",
          label: brokerText.queue,
          value: brokerText.queueWords(
            formatCount(queue.messages),
            formatCount(queue.mostMessages),
            formatBytes(queue.bytes),
            formatBytes(queue.mostBytes),
          ),
        },
      ]}
      confirmLabel={brokerText.endSession}
      busy={busy}
      error={
        refusal === undefined
          ? undefined
          : [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ")
      }
      onConfirm={() => void confirm()}
    >
      <Field label={brokerText.reason}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </DangerDialog>
  );
}
