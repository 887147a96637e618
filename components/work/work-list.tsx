"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Progress } from "#components/batch/progress.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { workListText as text, workText } from "#components/strings/work.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { bulkHref, exportHref, isOpen, workListQuery } from "#components/work/work-queries.ts";
import { bulkTitle, workTones } from "#components/work/work-words.ts";
import type { WorkEntry, WorkList as Page } from "#server/services/work/view.ts";

const titleOf = (entry: WorkEntry) =>
  entry.kind === "bulk" ? bulkTitle(entry.work) : entry.work.name;

const hrefOf = ({ kind, work }: WorkEntry) =>
  kind === "bulk" ? bulkHref(work.id) : exportHref(work.id);

const columns: readonly DataColumn<WorkEntry>[] = [
  {
    id: "what",
    header: text.what,
    cell: (entry) => (
      <span className="flex min-w-0 items-baseline gap-2">
        <span className="truncate">{titleOf(entry)}</span>
        {entry.kind === "export" && (
          <span className="truncate text-ink-3 max-lg:hidden">
            {text.export(workText.formats[entry.work.format])}
          </span>
        )}
      </span>
    ),
  },
  {
    id: "state",
    header: text.state,
    width: "7.5rem",
    cell: ({ work: { state } }) => (
      <StateBadge tone={workTones[state]}>{workText.states[state]}</StateBadge>
    ),
  },
  {
    id: "progress",
    header: text.progress,
    width: "20rem",
    hideBelow: "sm",
    cell: (entry) => <HowFar entry={entry} />,
  },
  {
    id: "created",
    header: text.created,
    width: "15rem",
    hideBelow: "md",
    cell: ({ work: { createdAt, createdBy } }) => (
      <span className="block truncate">
        <RelativeTime value={createdAt} />{" "}
        <span className="text-ink-3">{workText.by(createdBy)}</span>
      </span>
    ),
  },
];

/** A bar while it runs, and in words what came of it. */
function HowFar({ entry }: { readonly entry: WorkEntry }) {
  const { work } = entry;
  const done =
    entry.kind === "bulk"
      ? entry.work.done + entry.work.unchanged + entry.work.failed
      : entry.work.done;
  return (
    <span className="flex items-center gap-3 text-ink-2 tabular-nums">
      {isOpen(work) && (
        <span className="w-24 shrink-0">
          <Progress
            label={workText.progress(titleOf(entry))}
            share={work.total === 0 ? 0 : done / work.total}
          />
        </span>
      )}
      <span className="truncate">
        {entry.kind === "export" && work.state === "done"
          ? `${workText.rows(formatCount(entry.work.rows))}, ${formatBytes(entry.work.bytes)}`
          : workText.devicesOf(formatCount(done), formatCount(work.total))}
        {entry.kind === "bulk" && entry.work.failed > 0 && (
          <span className="ml-2 font-medium text-bad">
            {text.failed(formatCount(entry.work.failed))}
          </span>
        )}
      </span>
    </span>
  );
}

/** What was and is done in the background, newest first. */
export function WorkList({ first }: { readonly first: Page }) {
  const query = useInfiniteQuery(workListQuery(first));
  const entries = query.data.pages.flatMap((page) => page.work);
  return (
    <>
      <PageHeader title={workText.title} subtitle={workText.subtitle} />
      <DataTable
        label={workText.title}
        columns={columns}
        rows={entries}
        rowId={({ work }) => work.id}
        rowName={titleOf}
        rowHref={hrefOf}
        state={
          query.error === null || entries.length > 0
            ? { status: "ready" }
            : {
                status: "error",
                message: query.error.message,
                onRetry: () => void query.refetch(),
              }
        }
        empty={
          <EmptyState
            title={text.emptyTitle}
            action={
              <ButtonLink href="/devices" variant="primary">
                {text.toDevices}
              </ButtonLink>
            }
          >
            {text.emptyText}
          </EmptyState>
        }
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onLoadMore={() => void query.fetchNextPage()}
      />
      <p className="mt-4 text-ink-2">
        {text.others}{" "}
        <Link href="/onboard/batches" className="text-accent underline hover:no-underline">
          {text.batches}
        </Link>
        {" · "}
        <Link href="/certificates/campaigns" className="text-accent underline hover:no-underline">
          {text.campaigns}
        </Link>
      </p>
    </>
  );
}
