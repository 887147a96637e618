"use client";
import clsx from "clsx";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { causeOf, presenceText } from "#components/strings/presence.ts";
import { useNow } from "#components/ui/clock.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { availabilityText } from "#server/domain/availability.ts";
import { presenceNames, type Presence } from "#server/domain/presence.ts";
import type { PresenceHistoryView, PresenceSpan } from "#server/services/presence/history.ts";

const fills: Readonly<Record<Presence, string>> = {
  online: "bg-ok",
  idle: "bg-ok/45",
  late: "bg-warn",
  silent: "bg-bad",
  stranded: "bg-bad",
  never_seen: "bg-line-strong",
  suspended: "bg-line-strong",
  decommissioned: "bg-line-strong",
  quarantined: "bg-line-strong",
};
/** What was missed stays to be seen, however short it was. */
const isMissed: ReadonlySet<Presence> = new Set(["late", "silent", "stranded"]);
const tableRows = 200;

const lastedMs = ({ from, until }: PresenceSpan): number => Date.parse(until) - Date.parse(from);

/** The states of a device as one bar over the time shown, and below it as a table. */
export function PresenceSpans({ history }: { readonly history: PresenceHistoryView }) {
  const { spans, from, until, availability, isCut } = history;
  const occurring = [...new Set(spans.map(({ presence }) => presence))];
  // The words of the bar are in the viewer's zone, which the server does not know.
  const label = useNow(() =>
    presenceText.bar(
      new Date(from).toLocaleString("en-GB"),
      new Date(until).toLocaleString("en-GB"),
      availabilityText(availability),
    ),
  );
  return (
    <div>
      <p className="sr-only">{label}</p>
      <div aria-hidden className="flex h-5 overflow-hidden rounded-sm bg-sunken">
        {spans.map((span) => (
          <div
            key={span.from}
            title={`${presenceNames[span.presence]}, ${formatDuration(lastedMs(span))}`}
            className={clsx(fills[span.presence], isMissed.has(span.presence) && "min-w-0.5")}
            style={{ flexGrow: lastedMs(span), flexBasis: 0 }}
          />
        ))}
      </div>
      <p className="mt-1 flex justify-between text-xs text-ink-3">
        <ExactTime value={from} />
        <ExactTime value={until} />
      </p>
      <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-2">
        {occurring.map((presence) => (
          <li key={presence} className="flex items-center gap-1.5">
            <span aria-hidden className={clsx("size-2.5 rounded-xs", fills[presence])} />
            {presenceNames[presence]}
          </li>
        ))}
      </ul>
      {isCut && <p className="mt-2 text-sm text-ink-3">{presenceText.cut}</p>}
      <details className="mt-2">
        <summary className="cursor-pointer text-sm text-ink-2 hover:text-ink">
          {presenceText.changes(formatCount(spans.length))}
        </summary>
        <SpanTable spans={spans.toReversed().slice(0, tableRows)} />
      </details>
    </div>
  );
}

function SpanTable({ spans }: { readonly spans: readonly PresenceSpan[] }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="mt-2 max-h-80 overflow-auto" aria-label={presenceText.table} tabIndex={0}>
      <Table>
        <thead>
          <tr>
            <Th>{presenceText.presence}</Th>
            <Th>{presenceText.from}</Th>
            <Th numeric>{presenceText.lasted}</Th>
            <Th>{presenceText.why}</Th>
          </tr>
        </thead>
        <tbody>
          {spans.map((span) => (
            <Tr key={span.from}>
              <Td>
                <PresenceBadge presence={span.presence} />
              </Td>
              <Td className="whitespace-nowrap">
                <ExactTime value={span.from} />
              </Td>
              <Td numeric className="whitespace-nowrap">
                {formatDuration(lastedMs(span))}
              </Td>
              <Td className="text-ink-2">{causeOf(span.presence, span.cause)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
