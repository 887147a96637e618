"use client";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { acknowledgeMany, check } from "#app/(console)/alerts/actions.ts";
import { alertColumns } from "#components/alert/alert-columns.tsx";
import { AlertCountsLine } from "#components/alert/alert-counts.tsx";
import { AlertFilters } from "#components/alert/alert-filters.tsx";
import { alertHref, alertsKey, alertsQuery } from "#components/alert/alert-queries.ts";
import {
  alertFilterParams,
  everyStanding,
  type AlertFilters as Filters,
} from "#components/alert/alert-view.ts";
import { NoteDialog } from "#components/alert/note-dialog.tsx";
import { useAlertFilters } from "#components/alert/use-alert-filters.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { alertText } from "#components/strings/alert.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataTableState } from "#components/ui/data-table-types.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { useToast } from "#components/ui/toast.tsx";
import { may } from "#server/domain/roles.ts";
import type { AlertPage } from "#server/services/alert/list.ts";

type First = {
  /** The filters that the server rendered, as their address. */
  readonly view: string;
  readonly page: AlertPage;
};

/** After which what a check found is there to be read. */
const checkMs = 2_500;

/** What somebody should know, newest first. The address holds the filters. */
export function AlertList({ first }: { readonly first: First }) {
  const { filters, change } = useAlertFilters();
  const { role } = useShell().user;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const isFirst = alertFilterParams(filters).toString() === first.view;
  const query = useInfiniteQuery({
    ...alertsQuery(filters, isFirst ? first.page : undefined),
    placeholderData: keepPreviousData,
  });
  const rows = query.data?.pages.flatMap((page) => page.alerts) ?? [];
  const mayAcknowledge = may(role, "alert.acknowledge");
  const chosen = rows.filter(({ id, state }) => selected.has(id) && state === "open");
  return (
    <>
      <PageHeader
        title={alertText.title}
        subtitle={<AlertCountsLine fallback={alertText.subtitle} />}
        actions={
          <>
            {chosen.length > 0 && (
              <AcknowledgeChosen
                ids={chosen.map(({ id }) => id)}
                onDone={() => setSelected(new Set())}
              />
            )}
            <ListActions mayCheck={mayAcknowledge} />
          </>
        }
      />
      <AlertFilters filters={filters} onChange={change} />
      <DataTable
        label={alertText.table}
        columns={alertColumns}
        rows={rows}
        rowId={({ id }) => id}
        rowName={({ title }) => title}
        rowHref={alertHref}
        state={stateOf(query)}
        empty={<Nothing filters={filters} />}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onLoadMore={() => void query.fetchNextPage()}
        {...(mayAcknowledge && { selected, onSelectedChange: setSelected })}
      />
    </>
  );
}

function AcknowledgeChosen({
  ids,
  onDone,
}: {
  readonly ids: readonly string[];
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const toast = useToast();
  return (
    <NoteDialog
      label={alertText.acknowledgeSelected(formatCount(ids.length))}
      title={alertText.acknowledgeTitle}
      text={alertText.acknowledgeText}
      act={(note) => acknowledgeMany({ alertIds: [...ids], note })}
      onDone={({ acknowledged }) => {
        toast({ tone: "ok", title: alertText.acknowledgedMany(formatCount(acknowledged)) });
        void queries.invalidateQueries({ queryKey: alertsKey });
        onDone();
      }}
    />
  );
}

function ListActions({ mayCheck }: { readonly mayCheck: boolean }) {
  const queries = useQueryClient();
  const checking = useChange(check, () => ({
    title: alertText.checkAsked,
    detail: alertText.checkAskedDetail,
  }));
  return (
    <>
      {mayCheck && (
        <Button
          busy={checking.busy}
          onClick={() =>
            void checking.change({}).then(() => {
              // The worker needs a moment.
              setTimeout(() => void queries.invalidateQueries({ queryKey: alertsKey }), checkMs);
            })
          }
        >
          {alertText.check}
        </Button>
      )}
      <ButtonLink href="/settings/alerts">{alertText.channels}</ButtonLink>
    </>
  );
}

function stateOf(query: {
  readonly isError: boolean;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}): DataTableState {
  if (query.isError) {
    const message = query.error?.message ?? "";
    return { status: "error", message, onRetry: () => void query.refetch() };
  }
  return { status: query.isPending ? "loading" : "ready" };
}

function Nothing({ filters }: { readonly filters: Filters }) {
  const isFiltered =
    alertFilterParams(filters).toString() !== alertFilterParams(everyStanding).toString();
  return (
    <EmptyState title={isFiltered ? alertText.emptyFilteredTitle : alertText.emptyTitle}>
      {isFiltered ? alertText.emptyFilteredText : alertText.emptyText}
    </EmptyState>
  );
}
