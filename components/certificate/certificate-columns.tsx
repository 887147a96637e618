import { StandingBadge } from "#components/certificate/standing-badge.tsx";
import { certificateListText as text } from "#components/strings/certificate-list.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { ExactTime } from "#components/ui/time.tsx";
import { certificateKindNames } from "#server/domain/certificate-kind.ts";
import { commonNameOf } from "#server/domain/distinguished-name.ts";
import type { CertificateEntry } from "#server/services/certificate/inventory-entry.ts";

/** The columns of the inventory; the id of the sortable one is the name of its sort. */
export const certificateColumns: readonly DataColumn<CertificateEntry>[] = [
  { id: "name", header: text.columnName, cell: (entry) => <Holder entry={entry} /> },
  {
    id: "kind",
    header: text.columnKind,
    width: "10.5rem",
    hideBelow: "lg",
    cell: (entry) => certificateKindNames[entry.kind],
  },
  {
    id: "standing",
    header: text.columnStanding,
    width: "min(9rem, 30vw)",
    cell: (entry) => <StandingBadge standing={entry.standing} />,
  },
  {
    id: "end",
    header: text.columnEnd,
    width: "12.5rem",
    sortable: true,
    hideBelow: "md",
    cell: (entry) => (
      <>
        <ExactTime value={entry.notAfter} show="date" />{" "}
        <span className="text-ink-3">{daysWords(entry.daysLeft)}</span>
      </>
    ),
  },
  {
    id: "renewal",
    header: text.columnRenewal,
    width: "8rem",
    hideBelow: "lg",
    cell: (entry) => (entry.plan === null ? text.byPeople : text.plans[entry.plan]),
  },
  {
    id: "profile",
    header: text.columnProfile,
    width: "9rem",
    hideBelow: "lg",
    cell: (entry) => entry.profile?.name ?? <span className="text-ink-3">{text.none}</span>,
  },
];

/** When it ends, from now. */
export function daysWords(days: number): string {
  if (days < 0) return text.ended(formatCount(-days));
  return days < 1 ? text.today : text.left(formatCount(days));
}

function Holder({ entry }: { readonly entry: CertificateEntry }) {
  const name = entry.device === null ? commonNameOf(entry.name) : entry.device.name;
  const deviceId = entry.device?.deviceId;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <span className="truncate">{name}</span>
      {deviceId !== undefined && deviceId !== name && (
        <span className="truncate font-mono text-sm font-normal text-ink-3 max-md:hidden">
          {deviceId}
        </span>
      )}
      {/* Where there is no room for the column. */}
      <span className="shrink-0 text-sm font-normal text-ink-3 md:hidden">
        {daysWords(entry.daysLeft)}
      </span>
    </span>
  );
}
