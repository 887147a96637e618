"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { causeName } from "#components/dead-letter/cause.ts";
import { groupColumns } from "#components/dead-letter/group-columns.tsx";
import { GroupFilters } from "#components/dead-letter/group-filters.tsx";
import { exportHref, groupHref, groupsQuery } from "#components/dead-letter/group-queries.ts";
import {
  everyOpenGroup,
  groupViewParams,
  type GroupView,
} from "#components/dead-letter/group-view.ts";
import { ImportDialog } from "#components/dead-letter/import-dialog.tsx";
import { RetentionDrawer } from "#components/dead-letter/retention-drawer.tsx";
import { useGroupView } from "#components/dead-letter/use-group-view.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { workbenchText } from "#components/strings/workbench.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataTableState } from "#components/ui/data-table-types.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";
import type { DeadLetterGroupPage } from "#server/services/dead-letter/list-groups.ts";

type First = {
  /** The view that the server rendered, as its address. */
  readonly view: string;
  readonly page: DeadLetterGroupPage;
};

/** What could not be stored, by cause: the way into putting it right. The address holds its state. */
export function GroupList({ first }: { readonly first: First }) {
  const { view, change } = useGroupView();
  const isFirst = groupViewParams(view).toString() === first.view;
  const query = useInfiniteQuery({
    ...groupsQuery(view, isFirst ? first.page : undefined),
    placeholderData: keepPreviousData,
  });
  const rows = query.data?.pages.flatMap((page) => page.groups) ?? [];
  return (
    <>
      <PageHeader
        title={deadLetterText.title}
        subtitle={deadLetterText.subtitle}
        actions={<ListActions />}
      />
      <GroupFilters view={view} onChange={change} />
      <DataTable
        label={deadLetterText.groups}
        columns={groupColumns}
        rows={rows}
        rowId={(group) => group.fingerprint}
        rowName={causeName}
        rowHref={groupHref}
        state={stateOf(query)}
        empty={<Nothing view={view} />}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onLoadMore={() => void query.fetchNextPage()}
      />
    </>
  );
}

function ListActions() {
  const { role } = useShell().user;
  const [opened, setOpened] = useState<"import" | "retention">();
  const close = () => setOpened(undefined);
  return (
    <>
      <Button onClick={() => setOpened("retention")}>{workbenchText.retention}</Button>
      {may(role, "deadLetter.manage") && (
        <Button onClick={() => setOpened("import")}>{workbenchText.import}</Button>
      )}
      {may(role, "deadLetter.export") && (
        <ButtonLink
          href={exportHref({})}
          prefetch={false}
          download
          aria-label={workbenchText.exportLabel}
        >
          {workbenchText.export}
        </ButtonLink>
      )}
      {opened === "retention" && <RetentionDrawer onClose={close} />}
      {opened === "import" && <ImportDialog onClose={close} />}
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
    return {
      status: "error",
      message: query.error?.message ?? "",
      onRetry: () => void query.refetch(),
    };
  }
  return { status: query.isPending ? "loading" : "ready" };
}

function Nothing({ view }: { readonly view: GroupView }) {
  const isFiltered = view.q !== everyOpenGroup.q || view.direction !== everyOpenGroup.direction;
  return (
    <EmptyState title={isFiltered ? workbenchText.emptyFiltered : workbenchText.emptyTitle}>
      {isFiltered ? workbenchText.emptyFilteredText : workbenchText.emptyText}
    </EmptyState>
  );
}
