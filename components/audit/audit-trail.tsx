"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { AuditDetail } from "#components/audit/audit-detail.tsx";
import { auditFilterAddress, type AuditFilterText } from "#components/audit/audit-filter.ts";
import { AuditFilters } from "#components/audit/audit-filters.tsx";
import { auditQuery, type AuditEventRow, type AuditRows } from "#components/audit/audit-queries.ts";
import { VerifyChain } from "#components/audit/verify-chain.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { auditText } from "#components/strings/audit.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataColumn, DataTableState } from "#components/ui/data-table-types.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

const columns: readonly DataColumn<AuditEventRow>[] = [
  { id: "action", header: auditText.action, cell: (event) => <What event={event} /> },
  {
    id: "target",
    header: auditText.target,
    hideBelow: "sm",
    cell: (event) => <span className="text-ink">{event.target}</span>,
  },
  { id: "actor", header: auditText.actor, hideBelow: "md", cell: (event) => event.actor },
  {
    id: "outcome",
    header: auditText.outcome,
    width: "7rem",
    hideBelow: "sm",
    cell: (event) => <Outcome outcome={event.outcome} />,
  },
  {
    id: "when",
    header: auditText.when,
    width: "min(8rem, 26vw)",
    cell: (event) => <RelativeTime value={event.at} />,
  },
  {
    id: "seq",
    header: auditText.number,
    numeric: true,
    width: "6rem",
    hideBelow: "md",
    cell: (event) => event.seq,
  },
];

/** On a phone what was done is told together with what it was done to. */
function What({ event: { action, target } }: { readonly event: AuditEventRow }) {
  return (
    <>
      {action}
      <span className="ml-1.5 font-normal text-ink-3 sm:hidden">{target}</span>
    </>
  );
}

function Outcome({ outcome }: { readonly outcome: string }) {
  return outcome === "denied" ? (
    <StateBadge tone="bad">{auditText.denied}</StateBadge>
  ) : (
    <StateBadge tone="ok">{auditText.done}</StateBadge>
  );
}

/** The audit trail: filters, events newest first, and the proof that the chain holds. */
export function AuditTrail({
  filter,
  first,
}: {
  readonly filter: AuditFilterText;
  readonly first: AuditRows;
}) {
  const query = useInfiniteQuery({
    ...auditQuery(filter),
    initialData: { pages: [first], pageParams: [""] },
  });
  const state: DataTableState = query.isError
    ? { status: "error", message: query.error.message, onRetry: () => void query.refetch() }
    : { status: "ready" };
  return (
    <>
      <PageHeader title={auditText.title} subtitle={auditText.subtitle} />
      <div className="flex flex-col gap-3.5">
        <VerifyChain />
        <AuditFilters filter={filter} key={JSON.stringify(auditFilterAddress(filter))} />
        <DataTable
          label={auditText.table}
          columns={columns}
          rows={query.data.pages.flatMap((page) => page.events)}
          rowId={(event) => event.seq}
          rowName={(event) => event.action}
          detail={(event) => <AuditDetail event={event} />}
          state={state}
          empty={<EmptyState title={auditText.emptyTitle}>{auditText.emptyText}</EmptyState>}
          hasMore={query.hasNextPage}
          loadingMore={query.isFetchingNextPage}
          onLoadMore={() => void query.fetchNextPage()}
        />
      </div>
    </>
  );
}
