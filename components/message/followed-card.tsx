"use client";
import Link from "next/link";
import { FollowedFanoutPart } from "#components/message/followed-fanout.tsx";
import { StageList } from "#components/message/stage-list.tsx";
import { wordsOfReason } from "#components/strings/dead-letter.ts";
import { followText } from "#components/strings/message.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { FollowedEnd, FollowedMessage } from "#server/services/message/followed.ts";

/** One message: how it came, every stage's verdict, where it ended, and who it went to. */
export function FollowedCard({
  message,
  place,
}: {
  readonly message: FollowedMessage;
  /** Tells the cards of an answer apart. */
  readonly place: number;
}) {
  const id = `followed-${place}`;
  const { end, fanout, replays } = message;
  return (
    <Card labelledBy={id}>
      <CardHeader
        id={id}
        title={
          <span className="flex flex-wrap items-center gap-2.5">
            <Link
              href={`/devices/${encodeURIComponent(message.deviceId)}`}
              className="text-accent hover:underline"
            >
              {message.deviceId}
            </Link>
            <EndBadge end={end} />
          </span>
        }
        aside={<ExactTime value={message.received.at} milliseconds />}
      />
      <CardBody className="grid gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <section>
          <h3 className="mb-2 text-sm font-medium text-ink">{followText.way}</h3>
          <StageList stages={message.stages} />
        </section>
        <div className="flex min-w-0 flex-col gap-5">
          <section>
            <h3 className="mb-2 text-sm font-medium text-ink">{followText.received}</h3>
            <KeyValues items={receivedItems(message)} />
          </section>
          <section>
            <h3 className="mb-2 text-sm font-medium text-ink">{followText.where}</h3>
            <End end={end} />
          </section>
        </div>
        {fanout !== null && <FollowedFanoutPart fanout={fanout} />}
        {replays.length > 0 && <Replays message={message} />}
      </CardBody>
    </Card>
  );
}

function endTone(end: FollowedEnd): { readonly tone: Tone; readonly words: string } {
  switch (end.as) {
    case "reading":
      return { tone: "ok", words: followText.endedStored };
    case "document":
      return { tone: "ok", words: followText.endedDocument };
    case "dead_letter":
      switch (end.state) {
        case "open":
          return { tone: "bad", words: followText.endedDead };
        case "replayed":
          return { tone: "ok", words: followText.endedReplayed };
        case "discarded":
          return { tone: "idle", words: followText.endedDiscarded };
      }
  }
}

function EndBadge({ end }: { readonly end: FollowedEnd }) {
  const { tone, words } = endTone(end);
  return <StateBadge tone={tone}>{words}</StateBadge>;
}

function receivedItems({ received, messageId }: FollowedMessage): readonly KeyValue[] {
  const { transport, qos, topic, bytes, contentType, connection } = received;
  const items: (KeyValue | false)[] = [
    {
      key: "transport",
      label: followText.transport,
      value:
        transport === null
          ? followText.connectionUnknown
          : followText.byWay(transport, String(qos ?? 0)),
    },
    {
      key: "topic",
      label: followText.topic,
      value: topic === null ? followText.topicUnknown : <CopyText text={topic} what="topic" />,
    },
    bytes !== null && { key: "bytes", label: followText.size, value: formatBytes(bytes) },
    contentType !== null && {
      key: "type",
      label: followText.contentType,
      value: contentType,
      mono: true,
    },
    messageId !== null && {
      key: "id",
      label: followText.messageId,
      value: messageId,
      mono: true,
    },
    {
      key: "connection",
      label: followText.connection,
      value:
        connection === null
          ? followText.connectionUnknown
          : followText.connectionWords(
              connection.remote,
              connection.protocol,
              connection.tlsVersion ?? followText.noTls,
            ),
    },
    connection !== null && {
      key: "client",
      label: followText.clientId,
      value: connection.clientId,
      mono: true,
    },
  ];
  return items.filter((item) => item !== false);
}

function End({ end }: { readonly end: FollowedEnd }) {
  if (end.as === "dead_letter") return <DeadLetterEnd end={end} />;
  const row = {
    key: "row",
    label: followText.row,
    value: <CopyText text={followText.rowWords(end.row.ts, end.row.key)} what={followText.row} />,
  };
  if (end.as === "document") {
    return (
      <div className="flex flex-col gap-3">
        <KeyValues
          items={[row, { key: "channel", label: followText.channel, value: end.channel }]}
        />
        <CodeBlock code={end.text} what={followText.payload} />
      </div>
    );
  }
  const schema =
    end.schema === null
      ? []
      : [
          {
            key: "schema",
            label: followText.schema,
            value: followText.schemaWords(end.schema.name, String(end.schema.version)),
          },
        ];
  return (
    <div className="flex flex-col gap-3">
      <KeyValues items={[row, ...schema]} />
      <CodeBlock code={JSON.stringify(end.values, null, 2)} what={followText.values} />
    </div>
  );
}

function DeadLetterEnd({
  end,
}: {
  readonly end: Extract<FollowedEnd, { readonly as: "dead_letter" }>;
}) {
  const { reason, detail, today, state, settledReason, row } = end;
  const items: (KeyValue | false)[] = [
    { key: "reason", label: followText.reason, value: wordsOfReason(reason).title },
    state === "open" && {
      key: "today",
      label: followText.today,
      value: (
        <span className="flex flex-wrap items-center gap-2">
          <StateBadge tone={today.wouldPass ? "ok" : "bad"}>
            {today.wouldPass ? followText.wouldPass : followText.wouldFail}
          </StateBadge>
          {today.detail !== detail && <span className="text-ink-2">{today.detail}</span>}
        </span>
      ),
    },
    settledReason !== null &&
      state === "discarded" && {
        key: "discarded",
        label: followText.discarded,
        value: settledReason,
      },
    row !== null && {
      key: "row",
      label: followText.row,
      value: <CopyText text={followText.rowWords(row.ts, row.key)} what={followText.row} />,
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      <p className="rounded border border-line bg-sunken px-3 py-2.5 wrap-anywhere">{detail}</p>
      <KeyValues items={items.filter((item) => item !== false)} />
      <p>
        <Link
          href={`/dead-letters/${encodeURIComponent(end.fingerprint)}`}
          className="text-accent hover:underline"
        >
          {followText.openLetter}
        </Link>
      </p>
    </div>
  );
}

function Replays({ message }: { readonly message: FollowedMessage }) {
  return (
    <section className="lg:col-span-2">
      <h3 className="mb-2 text-sm font-medium text-ink">{followText.replays}</h3>
      <ul className="flex flex-col gap-1.5 text-ink-2">
        {message.replays.map((replay) => (
          <li key={replay.letterId}>
            {followText.replayed(replay.at ?? "", replay.by ?? "")} {followText.replayOf}{" "}
            <span className="text-ink wrap-anywhere">{replay.refused}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
