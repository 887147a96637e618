"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CauseFilter, type Cause } from "#components/dead-letter/cause-filter.tsx";
import { DeadLetterDrawer } from "#components/dead-letter/dead-letter-drawer.tsx";
import { deadLettersQuery } from "#components/dead-letter/dead-letter-queries.ts";
import {
  deadLetterFilterAddress,
  type DeadLetterFilterText,
} from "#components/dead-letter/filter.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { deadLetterText, wordsOfReason } from "#components/strings/dead-letter.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataColumn, DataTableState } from "#components/ui/data-table-types.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeadLetterPage, DeadLetterSummary } from "#server/services/dead-letter/list.ts";

const columns: readonly DataColumn<DeadLetterSummary>[] = [
  {
    id: "reason",
    header: deadLetterText.reason,
    width: "min(11.5rem, 36vw)",
    cell: (letter) => wordsOfReason(letter.reason).title,
  },
  {
    id: "device",
    header: deadLetterText.device,
    width: "min(12rem, 32vw)",
    cell: (letter) => <span className="text-ink">{letter.deviceId}</span>,
  },
  {
    id: "why",
    header: deadLetterText.why,
    hideBelow: "sm",
    cell: (letter) => <span title={letter.detail}>{letter.detail}</span>,
  },
  {
    id: "topic",
    header: deadLetterText.topic,
    hideBelow: "lg",
    cell: (letter) => (
      <span className="font-mono text-sm" title={letter.topic}>
        {letter.topic}
      </span>
    ),
  },
  {
    id: "received",
    header: deadLetterText.received,
    width: "min(8.5rem, 24vw)",
    cell: (letter) => <RelativeTime value={letter.receivedAt} />,
  },
];

/** What could not be stored: grouped by cause, newest first, each with its payload on demand. */
export function DeadLetterList({
  filter,
  first,
  causes,
}: {
  readonly filter: DeadLetterFilterText;
  readonly first: DeadLetterPage;
  readonly causes: readonly Cause[];
}) {
  const [opened, setOpened] = useState<DeadLetterSummary | null>(null);
  const query = useInfiniteQuery({
    ...deadLettersQuery(filter),
    initialData: { pages: [first], pageParams: [""] },
  });
  const state: DataTableState = query.isError
    ? { status: "error", message: query.error.message, onRetry: () => void query.refetch() }
    : { status: "ready" };
  const isFiltered = Object.keys(deadLetterFilterAddress(filter)).length > 0;
  return (
    <>
      <PageHeader
        title={deadLetterText.allTitle}
        subtitle={deadLetterText.allSubtitle}
        breadcrumb={[
          { label: deadLetterText.title, href: "/dead-letters" },
          { label: deadLetterText.allTitle },
        ]}
      />
      <div className="flex flex-col gap-3.5">
        <CauseFilter filter={filter} causes={causes} />
        <DataTable
          label={deadLetterText.table}
          columns={columns}
          rows={query.data.pages.flatMap((page) => page.letters)}
          rowId={(letter) => letter.id}
          rowName={(letter) => letter.detail}
          onOpen={setOpened}
          state={state}
          empty={
            <EmptyState
              title={isFiltered ? deadLetterText.emptyFiltered : deadLetterText.emptyTitle}
            >
              {isFiltered ? deadLetterText.emptyFilteredText : deadLetterText.emptyText}
            </EmptyState>
          }
          hasMore={query.hasNextPage}
          loadingMore={query.isFetchingNextPage}
          onLoadMore={() => void query.fetchNextPage()}
        />
      </div>
      <DeadLetterDrawer letter={opened} onClose={() => setOpened(null)} />
    </>
  );
}
