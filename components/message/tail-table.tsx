"use client";
import type { HeardTail } from "#components/message/tail-buffer.ts";
import { tailTones } from "#components/message/tail-tones.ts";
import { tailText } from "#components/strings/message.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatBytes } from "#components/ui/format.ts";
import { ExactTime } from "#components/ui/time.tsx";

const columns: readonly DataColumn<HeardTail>[] = [
  {
    id: "time",
    header: tailText.time,
    width: "min(8.25rem, 31vw)",
    cell: ({ receivedAt }) => (
      <span className="font-mono text-sm">
        <ExactTime value={receivedAt} show="time" milliseconds />
      </span>
    ),
  },
  {
    id: "outcome",
    header: tailText.outcome,
    width: "min(7.5rem, 29vw)",
    cell: ({ outcome }) => (
      <StateBadge tone={tailTones[outcome]}>{tailText.outcomes[outcome]}</StateBadge>
    ),
  },
  {
    id: "sender",
    header: tailText.sender,
    width: "min(11rem, 31vw)",
    cell: ({ sender }) => <span className="text-ink">{sender}</span>,
  },
  {
    id: "topic",
    header: tailText.messageTopic,
    width: "17rem",
    hideBelow: "lg",
    cell: ({ topic }) => (
      <span className="font-mono text-sm" title={topic}>
        {topic}
      </span>
    ),
  },
  {
    id: "size",
    header: tailText.size,
    width: "5.5rem",
    numeric: true,
    hideBelow: "lg",
    cell: ({ size }) => formatBytes(size),
  },
  {
    id: "payload",
    header: tailText.payload,
    hideBelow: "sm",
    cell: ({ detail, payload }) => (
      <span className="font-mono text-sm">{detail ?? payload.content.slice(0, 200)}</span>
    ),
  },
];

/** The tail's messages, newest first; each opens beside the list. */
export function TailTable({
  messages,
  onOpen,
}: {
  readonly messages: readonly HeardTail[];
  readonly onOpen: (message: HeardTail) => void;
}) {
  return (
    <DataTable
      label={tailText.table}
      columns={columns}
      rows={messages}
      rowId={({ n }) => String(n)}
      rowName={({ sender, outcome }) => tailText.rowName(sender, tailText.outcomes[outcome])}
      onOpen={onOpen}
      empty={null}
    />
  );
}
