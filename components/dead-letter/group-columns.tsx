import { causeName } from "#components/dead-letter/cause.ts";
import { Trend } from "#components/dead-letter/trend.tsx";
import { workbenchText } from "#components/strings/workbench.ts";
import { StateDot } from "#components/ui/badge.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeadLetterGroup } from "#server/services/dead-letter/list-groups.ts";

/** The columns of the groups by cause. */
export const groupColumns: readonly DataColumn<DeadLetterGroup>[] = [
  {
    id: "cause",
    header: workbenchText.cause,
    cell: (group) => <Cause group={group} />,
  },
  {
    id: "open",
    header: workbenchText.open,
    width: "5.5rem",
    numeric: true,
    cell: ({ open }) => <span className="text-ink">{formatCount(open)}</span>,
  },
  {
    id: "trend",
    header: workbenchText.trend,
    width: "8.5rem",
    hideBelow: "md",
    cell: ({ trend }) => <Trend hours={trend} />,
  },
  {
    id: "devices",
    header: workbenchText.devices,
    width: "5.5rem",
    numeric: true,
    hideBelow: "md",
    cell: ({ devices }) => formatCount(devices),
  },
  {
    id: "profile",
    header: workbenchText.profile,
    width: "9rem",
    hideBelow: "lg",
    cell: ({ profile }) =>
      profile === null ? (
        <span className="text-ink-3">{workbenchText.noProfile}</span>
      ) : (
        <span title={profile.name}>{profile.name}</span>
      ),
  },
  {
    id: "assignee",
    header: workbenchText.assignee,
    width: "9rem",
    hideBelow: "lg",
    cell: ({ assignee, note }) =>
      assignee === null ? (
        <span className="text-ink-3">{workbenchText.nobody}</span>
      ) : (
        <span title={note === "" ? assignee.name : note}>{assignee.name}</span>
      ),
  },
  {
    id: "last",
    header: workbenchText.lastSeen,
    width: "7.5rem",
    hideBelow: "sm",
    cell: ({ lastAt }) => <RelativeTime value={lastAt} />,
  },
];

function Cause({ group }: { readonly group: DeadLetterGroup }) {
  return (
    <span className="inline-flex max-w-full items-center gap-2">
      <StateDot tone={group.open > 0 ? "bad" : "idle"} />
      <span className="truncate" title={group.detail}>
        {causeName(group)}
      </span>
    </span>
  );
}
