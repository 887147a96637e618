import { refusedText, wordsOfCause } from "#components/strings/refused.ts";
import { StateDot } from "#components/ui/badge.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { RefusedConnection } from "#server/services/refused-connection/list.ts";

/** The columns of the refused connections. */
export const refusedColumns: readonly DataColumn<RefusedConnection>[] = [
  {
    id: "cause",
    header: refusedText.what,
    // On a phone only this and the last column are there.
    width: "min(14rem, calc(100vw - 10.5rem))",
    cell: ({ cause }) => (
      <span className="inline-flex max-w-full items-center gap-2">
        <StateDot tone="bad" />
        <span className="truncate">{wordsOfCause(cause).title}</span>
      </span>
    ),
  },
  {
    id: "who",
    header: refusedText.who,
    width: "11rem",
    hideBelow: "sm",
    cell: ({ claimedId }) =>
      claimedId === "" ? (
        <span className="text-ink-3">{refusedText.unnamed}</span>
      ) : (
        <span className="font-mono text-sm" title={claimedId}>
          {claimedId}
        </span>
      ),
  },
  {
    id: "why",
    header: refusedText.why,
    hideBelow: "md",
    cell: ({ detail }) => <span title={detail}>{detail}</span>,
  },
  {
    id: "from",
    header: refusedText.from,
    width: "10.5rem",
    hideBelow: "lg",
    cell: ({ remote, transport }) => (
      <span title={remote}>
        <span className="font-mono text-sm">{remote}</span>
        <span className="ml-1.5 text-ink-3">{transport}</span>
      </span>
    ),
  },
  {
    id: "count",
    header: refusedText.count,
    width: "4.5rem",
    numeric: true,
    hideBelow: "sm",
    cell: ({ count }) => formatCount(count),
  },
  {
    id: "last",
    header: refusedText.last,
    width: "7.5rem",
    cell: ({ lastAt }) => <RelativeTime value={lastAt} />,
  },
];
