"use client";
import Link from "next/link";
import { useState } from "react";
import { lastNumber, type HeardMessage } from "#components/device/feed.ts";
import { followHref } from "#components/message/follow-queries.ts";
import { tailHref } from "#components/message/tail-filter.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { LiveOutcome } from "#server/domain/live.ts";

const tones: Readonly<Record<LiveOutcome, Tone>> = {
  stored: "ok",
  duplicate: "idle",
  filtered: "idle",
  dead_lettered: "bad",
  rejected: "bad",
};
const shown = 30;

/** The newest messages as they are stored, with a button that holds them still. */
export function MessagesCard({
  deviceId,
  messages,
  dropped,
}: {
  readonly deviceId: string;
  readonly messages: readonly HeardMessage[];
  readonly dropped: number;
}) {
  const [held, setHeld] = useState<readonly HeardMessage[] | null>(null);
  const seen = lastNumber(held ?? messages);
  const waiting = messages.filter(({ n }) => n > seen).length;
  const rows = (held ?? messages).slice(0, shown);
  return (
    <Card labelledBy="messages">
      <CardHeader
        id="messages"
        title={deviceText.messagesTitle}
        aside={
          <span className="flex items-center gap-3">
            <span>{held === null ? deviceText.tail : deviceText.paused(formatCount(waiting))}</span>
            <Link
              href={tailHref({ device: deviceId })}
              prefetch={false}
              className="text-accent hover:underline"
            >
              {deviceText.wholeTail}
            </Link>
            <Button
              size="sm"
              variant="ghost"
              onClick={() => setHeld(held === null ? messages : null)}
            >
              {held === null ? deviceText.pause : deviceText.resumeTail}
            </Button>
          </span>
        }
      />
      {rows.length === 0 ? (
        <p className="px-3.5 py-8 text-center text-ink-3">{deviceText.messagesEmpty}</p>
      ) : (
        <MessageTable deviceId={deviceId} messages={rows} />
      )}
      {dropped > 0 && (
        <p className="border-t border-line px-3.5 py-2 text-sm text-ink-3">
          {deviceText.dropped(formatCount(dropped))}
        </p>
      )}
    </Card>
  );
}

function MessageTable({
  deviceId,
  messages,
}: {
  readonly deviceId: string;
  readonly messages: readonly HeardMessage[];
}) {
  return (
    // On a phone the rest of the page must be within reach.
    <Table className="table-fixed max-md:[&_tr:nth-child(n+11)]:hidden" aria-labelledby="messages">
      <tbody>
        {messages.map((message) => (
          <MessageRow key={message.n} deviceId={deviceId} message={message} />
        ))}
      </tbody>
    </Table>
  );
}

function MessageRow({
  deviceId,
  message,
}: {
  readonly deviceId: string;
  readonly message: HeardMessage;
}) {
  const at = Math.floor(message.receivedAt);
  const follow = followHref({ way: "time", device: deviceId, at: String(at), window: "0.002" });
  return (
    <Tr>
      <Td className="w-30 font-mono text-sm text-ink-3 max-md:w-28">
        <ExactTime value={message.receivedAt} show="time" milliseconds />
      </Td>
      <Td className="w-32 max-md:hidden">
        <StateBadge tone={tones[message.outcome]}>{deviceText.outcome[message.outcome]}</StateBadge>
      </Td>
      <Td className="w-32 truncate max-lg:hidden">{message.channel}</Td>
      <Td className="truncate font-mono text-sm" title={message.text}>
        {message.text}
      </Td>
      <Td className="w-20 text-right">
        <Link href={follow} prefetch={false} className="text-accent hover:underline">
          {deviceText.follow}
        </Link>
      </Td>
    </Tr>
  );
}
