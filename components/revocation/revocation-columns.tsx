import { RevocationBadge } from "#components/revocation/revocation-badge.tsx";
import { revocationText as text } from "#components/strings/revocation.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { reasonWords } from "#server/domain/revocation-words.ts";
import type { RevocationView } from "#server/services/revocation/view.ts";

/** Columns of the revocations; the first opens the proof. */
export const revocationColumns: readonly DataColumn<RevocationView>[] = [
  {
    id: "device",
    header: text.columnDevice,
    cell: ({ device, sha256 }) => (
      <span title={sha256}>
        {device?.name ?? text.noDevice}
        <span className="ml-1.5 font-mono text-sm text-ink-3 max-sm:hidden">
          {sha256.slice(0, 12)}
        </span>
      </span>
    ),
  },
  {
    id: "state",
    header: text.columnState,
    width: "8rem",
    cell: ({ state }) => <RevocationBadge state={state} />,
  },
  {
    id: "reason",
    header: text.columnReason,
    hideBelow: "md",
    cell: (entry) => <span title={reasonWords(entry)}>{reasonWords(entry)}</span>,
  },
  {
    id: "cut",
    header: text.columnCut,
    width: "8.5rem",
    hideBelow: "lg",
    cell: ({ cut }) => <RelativeTime value={cut?.at} fallback={text.notCut} />,
  },
  {
    id: "list",
    header: text.columnList,
    width: "5.5rem",
    hideBelow: "lg",
    cell: ({ crl }) =>
      crl === null ? (
        <span className="text-ink-3">{text.pendingList}</span>
      ) : (
        formatCount(Number(crl.number))
      ),
  },
  {
    id: "attempts",
    header: text.columnAttempts,
    width: "5.5rem",
    numeric: true,
    hideBelow: "sm",
    cell: ({ attempts }) => formatCount(attempts),
  },
  {
    id: "at",
    header: text.columnAt,
    width: "7.5rem",
    hideBelow: "sm",
    cell: ({ at }) => <RelativeTime value={at} />,
  },
];
