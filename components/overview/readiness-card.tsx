import Link from "next/link";
import type { ReactNode } from "react";
import { overviewText, readinessText } from "#components/strings/overview.ts";
import { StateDot, type Tone } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { ReadinessItem, ReadinessState } from "#server/domain/readiness.ts";

const tones: Readonly<Record<ReadinessState, Tone>> = {
  ok: "ok",
  warn: "warn",
  bad: "bad",
  unknown: "idle",
};

/** Where the evidence is; workers and jobs have no page of their own. */
const pages: Readonly<Partial<Record<ReadinessItem["id"], string>>> = {
  listeners: "/certificates/tls",
  "server-certificate": "/certificates/tls",
  "issuing-ca": "/certificates/authorities",
  "revocation-lists": "/certificates/authorities",
};

/** How the installation stands, by what was last seen of it; each line leads to its evidence. */
export function ReadinessCard({ items }: { readonly items: readonly ReadinessItem[] }) {
  const wanting = items.filter(({ state }) => state !== "ok").length;
  return (
    <Card labelledBy="overview-readiness">
      <CardHeader
        id="overview-readiness"
        title={readinessText.title}
        aside={wanting === 0 ? readinessText.allWell : readinessText.wanting(wanting, items.length)}
      />
      <ul>
        {items.map((item) => (
          <li
            key={item.id}
            data-readiness={item.id}
            className="flex items-baseline gap-2.5 border-b border-line px-3.5 py-2 last:border-b-0"
          >
            <StateDot tone={tones[item.state]} />
            <span className="sr-only">{readinessText.states[item.state]}</span>
            <span className="w-40 shrink-0 text-ink max-sm:w-32">
              <Name item={item} />
            </span>
            <span className="min-w-0 flex-1 text-ink-2 wrap-anywhere">{factOf(item)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Name({ item: { id } }: { readonly item: ReadinessItem }) {
  const href = pages[id];
  if (href === undefined) return readinessText.names[id];
  return (
    <Link href={href} className="hover:underline">
      {readinessText.names[id]}
    </Link>
  );
}

function factOf(item: ReadinessItem): ReactNode {
  switch (item.id) {
    case "workers":
      return item.workers === 1
        ? overviewText.worker
        : item.workers === 0
          ? readinessText.noWorker
          : overviewText.workers(formatCount(item.workers));
    case "jobs":
      return item.failed.length === 0
        ? readinessText.jobsRan
        : readinessText.jobsFailed(item.failed.join(", "));
    case "listeners":
      return <ListenersFact {...item} />;
    case "server-certificate":
    case "issuing-ca":
      return item.endsAt === null ? readinessText.none : <EndFact endsAt={item.endsAt} />;
    case "revocation-lists":
      return listsFact(item);
  }
}

function ListenersFact({
  probedAt,
  cells,
  wrong,
  error,
}: Extract<ReadinessItem, { readonly id: "listeners" }>) {
  if (probedAt === null) return readinessText.notProbed;
  const words =
    wrong > 0
      ? readinessText.probeWrong(formatCount(wrong), formatCount(cells))
      : error === ""
        ? readinessText.probeRight(formatCount(cells))
        : error;
  return (
    <>
      {words} <RelativeTime value={probedAt} />
    </>
  );
}

function EndFact({ endsAt }: { readonly endsAt: string }) {
  return (
    <>
      {readinessText.ends} <RelativeTime value={endsAt} />
    </>
  );
}

function listsFact({
  lists,
  late,
  expired,
}: Extract<ReadinessItem, { readonly id: "revocation-lists" }>): string {
  if (lists === 0) return readinessText.noLists;
  if (expired > 0) return readinessText.listsExpired(formatCount(expired));
  if (late > 0) return readinessText.listsLate(formatCount(late));
  return lists === 1 ? readinessText.listCurrent : readinessText.listsCurrent(formatCount(lists));
}
