"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { batchesQuery, batchHref } from "#components/batch/batch-queries.ts";
import { batchTones } from "#components/batch/batch-state.ts";
import { OnboardFrame } from "#components/onboard/onboard-frame.tsx";
import { batchListText, batchPageText, batchText } from "#components/strings/batch.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { Role } from "#server/domain/roles.ts";
import type { BatchList as Page, BatchView } from "#server/services/batch/view.ts";

const columns: readonly DataColumn<BatchView>[] = [
  { id: "name", header: batchListText.name, cell: ({ name }) => name },
  {
    id: "state",
    header: batchListText.state,
    width: "11rem",
    cell: ({ state }) => (
      <StateBadge tone={batchTones[state]}>{batchText.states[state]}</StateBadge>
    ),
  },
  {
    id: "progress",
    header: batchListText.progress,
    width: "13rem",
    hideBelow: "sm",
    cell: (batch) => <span className="text-ink-2 tabular-nums">{progressOf(batch)}</span>,
  },
  {
    id: "source",
    header: batchListText.source,
    width: "14rem",
    hideBelow: "lg",
    cell: ({ source }) => batchText.sources[source].label,
  },
  {
    id: "created",
    header: batchListText.created,
    width: "16rem",
    hideBelow: "md",
    cell: ({ createdAt, createdBy }) => (
      <span className="block truncate">
        <RelativeTime value={createdAt} />{" "}
        <span className="text-ink-3">{batchListText.by(createdBy)}</span>
      </span>
    ),
  },
];

/** What a batch's numbers say in its state. */
function progressOf({ state, total, done, bad, sampled, sampleSize }: BatchView): string {
  if (bad > 0) return batchListText.badRows(formatCount(bad));
  if (state === "creating") return batchListText.doneOf(formatCount(done), formatCount(total));
  if (state === "sampling" && sampleSize > 0) {
    return batchListText.sampled(formatCount(Math.min(sampled, sampleSize)), String(sampleSize));
  }
  return state === "cancelled" || state === "failed" ? batchPageText.none : formatCount(total);
}

/** The organisation's batches, newest first. */
export function BatchList({
  role,
  mayOpen,
  first,
}: {
  readonly role: Role;
  readonly mayOpen: boolean;
  readonly first: Page;
}) {
  const query = useInfiniteQuery(batchesQuery(first));
  const batches = query.data.pages.flatMap((page) => page.batches);
  const action = mayOpen && (
    <ButtonLink href="/onboard/batches/new" variant="primary">
      {batchListText.new}
    </ButtonLink>
  );
  return (
    <OnboardFrame role={role} actions={batches.length > 0 && action}>
      <DataTable
        label={batchText.title}
        columns={columns}
        rows={batches}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        rowHref={({ id }) => batchHref(id)}
        state={
          query.error === null || batches.length > 0
            ? { status: "ready" }
            : {
                status: "error",
                message: query.error.message,
                onRetry: () => void query.refetch(),
              }
        }
        empty={
          <EmptyState title={batchListText.emptyTitle} action={action}>
            {batchListText.emptyText}
          </EmptyState>
        }
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onLoadMore={() => void query.fetchNextPage()}
      />
    </OnboardFrame>
  );
}
