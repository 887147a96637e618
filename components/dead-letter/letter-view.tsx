"use client";
import Link from "next/link";
import { useState } from "react";
import { fieldOfPath } from "#components/dead-letter/cause.ts";
import { letterFacts } from "#components/dead-letter/letter-facts.tsx";
import { DifferenceKind, MarkedLines } from "#components/dead-letter/marked-lines.tsx";
import { Verdicts } from "#components/dead-letter/verdicts.tsx";
import { ViewTabs, type ViewTab } from "#components/dead-letter/view-tabs.tsx";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { letterText } from "#components/strings/workbench.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import type { Difference } from "#server/schema/difference.ts";
import type { DeadLetterDetail } from "#server/services/dead-letter/show.ts";

type View = keyof typeof letterText.views;

/** One letter: its payload with what does not fit, what the stages say of it, and its facts. */
export function LetterView({ letter }: { readonly letter: DeadLetterDetail }) {
  const tabs = viewsOf(letter);
  const [wanted, setWanted] = useState<View>();
  const chosen = tabs.some(({ id }) => id === wanted) ? wanted : tabs[0]?.id;
  return (
    <div className="flex flex-col gap-5">
      <section>
        {chosen !== undefined && (
          <ViewTabs
            label={letterText.view(formatBytes(letter.payloadBytes))}
            tabs={tabs}
            chosen={chosen}
            onChoose={setWanted}
          />
        )}
        {letter.difference !== null && chosen !== "json" && (
          <DifferenceList difference={letter.difference} />
        )}
        {letter.difference?.isCut === true && (
          <p className="mt-1.5 text-sm text-ink-3">{letterText.isCut}</p>
        )}
      </section>
      {letter.verdicts.length > 0 && <Verdicts verdicts={letter.verdicts} />}
      <section aria-label={letterText.facts}>
        <KeyValues items={letterFacts(letter)} />
        {letter.direction === "inbound" && (
          <Link href={followHref(letter)} className="mt-3 inline-block text-accent hover:underline">
            {letterText.follow}
          </Link>
        )}
      </section>
    </div>
  );
}

function followHref({ deviceId, receivedAt }: DeadLetterDetail): string {
  const query = new URLSearchParams({ device: deviceId, at: receivedAt });
  return `/messages/follow?${query.toString()}`;
}

/** The ways to look at the payload that make sense of it, the most telling first. */
function viewsOf({ payload, payloadBytes, views }: DeadLetterDetail): readonly ViewTab<View>[] {
  const { json, cbor, protobuf, hex } = views;
  const text = payload.as === "text" && payload.content !== "" ? payload.content : null;
  if (payloadBytes === 0) {
    return [
      {
        id: "hex",
        label: letterText.views.hex,
        content: <p className="text-ink-2">{deadLetterText.payloadEmpty}</p>,
      },
    ];
  }
  const code = (id: View, content: string | null): readonly ViewTab<View>[] =>
    content === null
      ? []
      : [
          {
            id,
            label: letterText.views[id],
            content: <CodeBlock what={deadLetterText.payload} code={content} />,
          },
        ];
  const marked: readonly ViewTab<View>[] =
    json === null
      ? []
      : [
          {
            id: "json",
            label: letterText.views.json,
            content: <MarkedLines lines={json} what={deadLetterText.payload} />,
          },
        ];
  return [
    ...marked,
    ...code("cbor", cbor),
    ...code("protobuf", protobuf),
    ...code("text", text),
    ...code("hex", (hex.match(/.{2}/g) ?? []).join(" ")),
  ];
}

function DifferenceList({ difference }: { readonly difference: Difference }) {
  return (
    <ul aria-label={letterText.difference} className="mt-2.5 flex flex-col gap-1">
      {difference.items.map(({ kind, path, expected, found }) => (
        <li key={`${kind} ${path}`} className="flex flex-wrap items-center gap-x-2.5">
          <DifferenceKind kind={kind} />
          <span className="font-mono text-sm">{fieldOfPath(path)}</span>
          <span className="text-sm text-ink-2">{expected}</span>
          {found !== "" && <span className="text-sm text-ink-3">{letterText.found(found)}</span>}
        </li>
      ))}
    </ul>
  );
}
