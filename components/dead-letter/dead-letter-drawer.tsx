"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { deadLetterQuery } from "#components/dead-letter/dead-letter-queries.ts";
import { deadLetterText, wordsOfReason } from "#components/strings/dead-letter.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { DeadLetterSummary } from "#server/services/dead-letter/list.ts";

/** One dead letter beside the list: why, what helps, and its bytes, which are read when it opens. */
export function DeadLetterDrawer({
  letter,
  onClose,
}: {
  readonly letter: DeadLetterSummary | null;
  readonly onClose: () => void;
}) {
  const words = wordsOfReason(letter?.reason ?? "");
  return (
    <Drawer
      open={letter !== null}
      onOpenChange={(is) => {
        if (!is) onClose();
      }}
      title={words.title}
      {...(words.meaning !== "" && { description: words.meaning })}
    >
      {letter !== null && (
        <div className="flex flex-col gap-5">
          <div className="rounded border border-line bg-sunken px-3 py-2.5">
            <p className="wrap-anywhere text-ink">{letter.detail}</p>
            {words.remedy !== "" && <p className="mt-1 text-ink-2">{words.remedy}</p>}
          </div>
          <KeyValues items={factsOf(letter)} />
          <Payload id={letter.id} />
        </div>
      )}
    </Drawer>
  );
}

function factsOf(letter: DeadLetterSummary) {
  return [
    {
      key: "at",
      label: deadLetterText.exact,
      value: <ExactTime value={letter.receivedAt} milliseconds />,
    },
    {
      key: "device",
      label: deadLetterText.device,
      value: (
        <Link
          className="text-accent hover:underline"
          href={`/devices/${encodeURIComponent(letter.deviceId)}`}
        >
          {letter.deviceId}
        </Link>
      ),
    },
    {
      key: "topic",
      label: deadLetterText.topic,
      value: <CopyText text={letter.topic} what={deadLetterText.topic} />,
    },
    { key: "transport", label: deadLetterText.transport, value: letter.transport },
    { key: "qos", label: deadLetterText.qos, value: String(letter.qos) },
    ...(letter.messageId === null
      ? []
      : [{ key: "message", label: deadLetterText.messageId, value: letter.messageId, mono: true }]),
    {
      key: "id",
      label: deadLetterText.letterId,
      value: <CopyText text={letter.id} what={deadLetterText.letterId} />,
    },
  ];
}

function Payload({ id }: { readonly id: string }) {
  const query = useQuery(deadLetterQuery(id));
  if (query.isError) {
    return (
      <ErrorState title={deadLetterText.failed} onRetry={() => void query.refetch()}>
        {query.error.message}
      </ErrorState>
    );
  }
  if (query.isPending) return <Skeleton className="h-24 w-full" />;
  const size = formatBytes(query.data.payloadBytes);
  const { as, content } = query.data.payload;
  return (
    <section>
      <h3 className="mb-1.5 text-sm font-medium text-ink">
        {as === "text" ? deadLetterText.payloadText(size) : deadLetterText.payloadHex(size)}
      </h3>
      {content === "" ? (
        <p className="text-ink-2">{deadLetterText.payloadEmpty}</p>
      ) : (
        <CodeBlock
          what={deadLetterText.payload}
          code={as === "hex" ? (content.match(/.{2}/g) ?? []).join(" ") : content}
        />
      )}
      <p className="mt-2 text-sm text-ink-3">{deadLetterText.recorded}</p>
    </section>
  );
}
