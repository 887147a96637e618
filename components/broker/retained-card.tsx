"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { clearRetained } from "#app/(console)/sessions/actions.ts";
import { retainedQuery } from "#components/broker/broker-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { brokerText } from "#components/strings/broker.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { RetainedMessageView } from "#server/services/retained-message/list.ts";

/** What a device has had retained, each with its payload's beginning and a way to clear it. */
export function RetainedCard({
  deviceId,
  first,
  mayClear,
}: {
  readonly deviceId: string;
  readonly first: readonly RetainedMessageView[];
  readonly mayClear: boolean;
}) {
  const [clearing, setClearing] = useState<RetainedMessageView>();
  const { data: messages, error, refetch } = useQuery(retainedQuery(deviceId, first));
  return (
    <Card labelledBy="retained" className="min-w-0">
      <CardHeader id="retained" title={brokerText.retained} aside={brokerText.retainedAside} />
      {error !== null && (
        <ErrorState title={brokerText.retainedFailed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      {messages.length === 0 && error === null && (
        <p className="p-3.5 text-ink-3">{brokerText.retainedEmpty}</p>
      )}
      <ul className="divide-y divide-line">
        {messages.map((message) => (
          <Retained
            key={message.topic}
            message={message}
            {...(mayClear && { onClear: () => setClearing(message) })}
          />
        ))}
      </ul>
      <ClearDialog message={clearing} onClose={() => setClearing(undefined)} />
    </Card>
  );
}

function Retained({
  message,
  onClear,
}: {
  readonly message: RetainedMessageView;
  readonly onClear?: () => void;
}) {
  return (
    <li className="flex items-start justify-between gap-3 px-3.5 py-2.5">
      <div className="min-w-0">
        <code className="text-sm wrap-anywhere text-ink">{message.topic}</code>
        <p className="font-mono text-sm wrap-anywhere text-ink-2">
          {message.text ?? brokerText.binary(formatBytes(message.bytes))}
        </p>
        <p className="text-sm text-ink-3">
          <RelativeTime value={message.receivedAt} />, {formatBytes(message.bytes)},{" "}
          {brokerText.qos(message.qos)}
        </p>
      </div>
      {onClear !== undefined && (
        <Button size="sm" aria-label={brokerText.clearLabel(message.topic)} onClick={onClear}>
          {brokerText.clear}
        </Button>
      )}
    </li>
  );
}

function ClearDialog({
  message,
  onClose,
}: {
  readonly message: RetainedMessageView | undefined;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(clearRetained, () => ({ title: brokerText.cleared }));
  async function confirm() {
    if (message === undefined || !(await change({ topic: message.topic }))) return;
    await queries.invalidateQueries({ queryKey: ["retained"] });
    onClose();
  }
  return (
    <DangerDialog
      open={message !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={brokerText.clearTitle}
      description={brokerText.clearText}
      blastRadius={
        message === undefined
          ? []
          : [{ key: "topic", label: brokerText.topic, value: message.topic, mono: true }]
      }
      confirmLabel={brokerText.clear}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
