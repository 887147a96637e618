"use client";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApproveListed } from "#components/enrolment/approve-listed.tsx";
import {
  groupsQuery,
  requestsHref,
  requestsQuery,
  type RequestFilter,
} from "#components/enrolment/enrolment-queries.ts";
import { requestColumns } from "#components/enrolment/request-columns.tsx";
import { RequestDrawer } from "#components/enrolment/request-drawer.tsx";
import { requestStates, type GroupSummary, type RequestPage } from "#components/enrolment/views.ts";
import { requestText as text } from "#components/strings/enrolment-request.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { tableState } from "#components/ui/table-state.ts";

/** Who asked to be enrolled, what was answered, and the answers that people give. */
export function RequestList({
  filter,
  first,
  groups: firstGroups,
  opened: firstOpened,
  mayApprove,
}: {
  readonly filter: RequestFilter;
  readonly first: RequestPage;
  readonly groups: readonly GroupSummary[];
  /** Id of a request that the address names. */
  readonly opened: string | null;
  readonly mayApprove: boolean;
}) {
  const [opened, setOpened] = useState(firstOpened);
  const list = useInfiniteQuery({
    ...requestsQuery(filter, first),
    placeholderData: keepPreviousData,
  });
  const { data: groups } = useQuery(groupsQuery(firstGroups));
  const rows = list.data?.pages.flatMap((page) => page.requests) ?? [];
  const pending = rows.filter(({ state }) => state === "pending");
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Filters filter={filter} groups={groups} />
        {mayApprove && pending.length > 0 && <ApproveListed requests={pending} />}
      </div>
      <DataTable
        label={text.title}
        columns={requestColumns}
        rows={rows}
        rowId={({ id }) => id}
        rowName={({ registrationId }) => registrationId}
        onOpen={({ id }) => setOpened(id)}
        state={tableState(list)}
        empty={
          filter.state === "pending" ? (
            <EmptyState title={text.emptyPending}>{text.emptyPendingText}</EmptyState>
          ) : (
            <EmptyState title={text.empty}>{text.emptyText}</EmptyState>
          )
        }
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
      />
      <RequestDrawer
        request={rows.find(({ id }) => id === opened)}
        mayApprove={mayApprove}
        onClose={() => setOpened(null)}
      />
    </>
  );
}

function Filters({
  filter,
  groups,
}: {
  readonly filter: RequestFilter;
  readonly groups: readonly GroupSummary[];
}) {
  const router = useRouter();
  const go = (next: RequestFilter) => router.replace(requestsHref(next), { scroll: false });
  return (
    <div className="flex flex-wrap gap-3">
      <Field label={text.filterState}>
        <Select
          value={filter.state}
          options={[
            { value: "", label: text.everyState },
            ...requestStates.map((state) => ({ value: state, label: text.states[state] })),
          ]}
          onChange={(event) =>
            go({
              ...filter,
              state: requestStates.find((state) => state === event.target.value) ?? "",
            })
          }
        />
      </Field>
      <Field label={text.filterGroup}>
        <Select
          value={filter.groupId}
          options={[
            { value: "", label: text.everyGroup },
            ...groups.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => go({ ...filter, groupId: event.target.value })}
        />
      </Field>
    </div>
  );
}
