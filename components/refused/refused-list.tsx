"use client";
import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useState } from "react";
import { useLive } from "#components/layout/live-provider.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { refusedColumns } from "#components/refused/refused-columns.tsx";
import { RefusedDrawer } from "#components/refused/refused-drawer.tsx";
import { RefusedFilters } from "#components/refused/refused-filters.tsx";
import {
  mayRefresh,
  refusedExportUrl,
  refusedFacetsQuery,
  refusedQuery,
} from "#components/refused/refused-queries.ts";
import { useRefusalView } from "#components/refused/use-refusal-view.ts";
import { refusedText, wordsOfCause } from "#components/strings/refused.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import {
  isRefusalViewNarrowed,
  refusalViewToParams,
  type RefusalView,
} from "#server/domain/refusal-view.ts";
import type { RefusalFacet } from "#server/services/refused-connection/facets.ts";
import type {
  RefusedConnection,
  RefusedConnectionPage,
} from "#server/services/refused-connection/list.ts";
import { tableState } from "#components/ui/table-state.ts";

type First = {
  /** The view that the server rendered, as its address. */
  readonly view: string;
  readonly page: RefusedConnectionPage;
  readonly facets: readonly RefusalFacet[];
};

/** Rows that arrive while the reader is further down wait, so that nothing moves under the pointer. */
const nearTopPixels = 160;

/** Who and what was refused: filters, table, export, the story of each. The address holds its state. */
export function RefusedList({ first }: { readonly first: First }) {
  const { view, change } = useRefusalView();
  const [opened, setOpened] = useState<RefusedConnection | null>(null);
  const isFirst = refusalViewToParams(view).toString() === first.view;
  const list = useInfiniteQuery({
    ...refusedQuery(view, isFirst ? first.page : undefined),
    placeholderData: keepPreviousData,
  });
  const { data: facets = [] } = useQuery({
    ...refusedFacetsQuery(view, isFirst ? first.facets : undefined),
    placeholderData: keepPreviousData,
  });
  const news = useNews({ pages: list.data?.pages.length ?? 0, reading: opened !== null });
  const rows = list.data?.pages.flatMap((page) => page.refusals) ?? [];
  return (
    <>
      <PageHeader
        title={refusedText.title}
        subtitle={refusedText.subtitle}
        actions={
          <ButtonLink
            href={refusedExportUrl(view)}
            prefetch={false}
            download
            aria-label={refusedText.exportLabel}
          >
            {refusedText.exportAll}
          </ButtonLink>
        }
      />
      <RefusedFilters view={view} facets={facets} onChange={change} />
      <NewRefusals waiting={news.waiting} onShow={news.show} />
      <DataTable
        label={refusedText.title}
        columns={refusedColumns}
        rows={rows}
        rowId={(refusal) => refusal.id}
        rowName={(refusal) => wordsOfCause(refusal.cause).title}
        onOpen={setOpened}
        state={tableState(list)}
        empty={<Nothing view={view} />}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
      />
      <RefusedDrawer refusal={opened} onClose={() => setOpened(null)} />
    </>
  );
}

/** Reads the list anew when somebody is refused; counts them instead while the reader is busy. */
function useNews({ pages, reading }: { readonly pages: number; readonly reading: boolean }) {
  const client = useQueryClient();
  const [waiting, setWaiting] = useState(0);
  function show() {
    setWaiting(0);
    // A read that is under way is not begun anew: a burst of refusals costs one at a time.
    void client.invalidateQueries({ queryKey: ["refused"] }, { cancelRefetch: false });
  }
  useLive({ refusals: true }, (frame) => {
    // The stream has just opened: somebody may have been refused after the page was rendered.
    if (frame.kind === "hello" && !reading && mayRefresh(pages)) show();
    if (frame.kind !== "refusal") return;
    if (!reading && mayRefresh(pages) && window.scrollY < nearTopPixels) show();
    else setWaiting((count) => count + 1);
  });
  return { waiting, show };
}

function NewRefusals({
  waiting,
  onShow,
}: {
  readonly waiting: number;
  readonly onShow: () => void;
}) {
  return (
    <output className="block">
      {waiting > 0 && (
        <span className="sticky top-2 mb-3 flex items-center justify-between gap-3 rounded border border-accent bg-accent-soft px-3 py-1.5 text-accent">
          {refusedText.waiting(formatCount(waiting))}
          <Button
            size="sm"
            onClick={() => {
              window.scrollTo({ top: 0 });
              onShow();
            }}
          >
            {refusedText.showNew}
          </Button>
        </span>
      )}
    </output>
  );
}

function Nothing({ view }: { readonly view: RefusalView }) {
  if (isRefusalViewNarrowed(view)) {
    return <EmptyState title={refusedText.narrowedTitle}>{refusedText.narrowedText}</EmptyState>;
  }
  return (
    <EmptyState title={refusedText.emptyTitle}>
      {refusedText.emptyText(refusedText.ranges[view.range])}
    </EmptyState>
  );
}
