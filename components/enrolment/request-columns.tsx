import { RequestBadge } from "#components/enrolment/request-badge.tsx";
import type { RequestView } from "#components/enrolment/views.ts";
import { requestText as text } from "#components/strings/enrolment-request.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";

/** Columns of the requests; the first opens the request. */
export const requestColumns: readonly DataColumn<RequestView>[] = [
  {
    id: "device",
    header: text.columnDevice,
    cell: ({ registrationId }) => (
      <span className="font-mono text-sm" title={registrationId}>
        {registrationId}
      </span>
    ),
  },
  {
    id: "state",
    header: text.columnState,
    width: "7rem",
    cell: ({ state }) => <RequestBadge state={state} />,
  },
  {
    id: "group",
    header: text.columnGroup,
    width: "11rem",
    hideBelow: "sm",
    cell: ({ groupName }) => <span title={groupName}>{groupName}</span>,
  },
  {
    id: "why",
    header: text.columnWhy,
    hideBelow: "lg",
    cell: ({ detail }) => <span title={detail}>{detail}</span>,
  },
  {
    id: "from",
    header: text.columnFrom,
    width: "10.5rem",
    hideBelow: "md",
    cell: ({ remote, transport }) => (
      <span title={remote}>
        <span className="font-mono text-sm">{remote}</span>
        <span className="ml-1.5 text-ink-3">{transport}</span>
      </span>
    ),
  },
  {
    id: "attempts",
    header: text.columnAttempts,
    width: "4.5rem",
    numeric: true,
    hideBelow: "sm",
    cell: ({ attempts }) => formatCount(attempts),
  },
  {
    id: "last",
    header: text.columnLast,
    width: "7.5rem",
    cell: ({ lastAt }) => <RelativeTime value={lastAt} />,
  },
];
