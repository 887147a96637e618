"use client";
import Link from "next/link";
import { followHref } from "#components/message/follow-queries.ts";
import { indentJson } from "#components/message/indent-json.ts";
import type { HeardTail } from "#components/message/tail-buffer.ts";
import { tailTones } from "#components/message/tail-tones.ts";
import { wordsOfReason } from "#components/strings/dead-letter.ts";
import { tailText } from "#components/strings/message.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";

/** One message of the tail, decoded, with the way to its whole story. */
export function TailDrawer({
  message,
  onClose,
}: {
  readonly message: HeardTail | null;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      open={message !== null}
      onOpenChange={(is) => {
        if (!is) onClose();
      }}
      title={message === null ? tailText.opened : message.sender}
    >
      {message !== null && <Decoded message={message} />}
    </Drawer>
  );
}

function Decoded({ message }: { readonly message: HeardTail }) {
  const { detail, reason, deviceKey, sender, receivedAt } = message;
  return (
    <div className="flex flex-col gap-5">
      {detail !== null && (
        <div className="rounded border border-line bg-sunken px-3 py-2.5">
          <p className="font-medium text-ink">{wordsOfReason(reason ?? "").title}</p>
          <p className="mt-0.5 text-ink-2 wrap-anywhere">{detail}</p>
        </div>
      )}
      <KeyValues items={factsOf(message)} />
      <Payload message={message} />
      {deviceKey !== null && (
        <p>
          <ButtonLink
            href={followHref({
              way: "time",
              device: sender,
              at: String(Math.floor(receivedAt)),
              window: "0.002",
            })}
            prefetch={false}
          >
            {tailText.follow}
          </ButtonLink>
        </p>
      )}
    </div>
  );
}

function factsOf(message: HeardTail): readonly KeyValue[] {
  const { id, contentType, deviceKey, outcome, sender } = message;
  const items: (KeyValue | false)[] = [
    {
      key: "outcome",
      label: tailText.outcome,
      value: <StateBadge tone={tailTones[outcome]}>{tailText.outcomes[outcome]}</StateBadge>,
    },
    {
      key: "at",
      label: tailText.exact,
      value: <ExactTime value={message.receivedAt} milliseconds />,
    },
    deviceKey !== null && {
      key: "device",
      label: tailText.device,
      value: (
        <Link
          className="text-accent hover:underline"
          href={`/devices/${encodeURIComponent(sender)}`}
        >
          {sender}
        </Link>
      ),
    },
    {
      key: "topic",
      label: tailText.messageTopic,
      value: <CopyText text={message.topic} what={tailText.messageTopic} />,
    },
    { key: "transport", label: tailText.transport, value: message.transport },
    { key: "qos", label: tailText.qos, value: String(message.qos) },
    contentType !== null && { key: "type", label: tailText.contentType, value: contentType },
    id !== null && { key: "id", label: tailText.id, value: id, mono: true },
  ];
  return items.filter((item) => item !== false);
}

function Payload({ message }: { readonly message: HeardTail }) {
  const { as, content, isCut } = message.payload;
  const size = formatBytes(message.size);
  return (
    <section>
      <h3 className="mb-1.5 text-sm font-medium text-ink">
        {as === "text" ? tailText.payloadText(size) : tailText.payloadHex(size)}
      </h3>
      {content === "" ? (
        <p className="text-ink-2">{tailText.emptyPayload}</p>
      ) : (
        <CodeBlock code={decoded(message.payload)} what={tailText.payload} />
      )}
      {isCut && <p className="mt-1 text-sm text-ink-3">{tailText.cut}</p>}
    </section>
  );
}

/** JSON on lines of its own, bytes two by two, and other text as it is. */
function decoded({ as, content }: HeardTail["payload"]): string {
  return as === "hex" ? (content.match(/.{2}/g) ?? []).join(" ") : indentJson(content);
}
