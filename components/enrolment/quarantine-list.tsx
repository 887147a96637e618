"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deviceHref } from "#components/device/device-href.ts";
import { quarantineQuery, type QuarantineFilter } from "#components/enrolment/enrolment-queries.ts";
import { QuarantineBar } from "#components/enrolment/quarantine-bar.tsx";
import { quarantineColumns } from "#components/enrolment/quarantine-columns.tsx";
import { useDebounced } from "#components/schema/use-debounced.ts";
import { quarantineText as text } from "#components/strings/enrolment-request.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { QuarantinePage } from "#server/services/onboard/list-quarantined.ts";
import { tableState } from "#components/ui/table-state.ts";

/** Devices whose messages are kept apart, to be approved or suspended, one or several. */
export function QuarantineList({
  filter: firstFilter,
  first,
  mayApprove,
  maySuspend,
}: {
  readonly filter: QuarantineFilter;
  readonly first: QuarantinePage;
  readonly mayApprove: boolean;
  readonly maySuspend: boolean;
}) {
  const [filter, setFilter] = useState(firstFilter);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const asked = useDebounced(filter, 250);
  const isFirst = JSON.stringify(asked) === JSON.stringify(firstFilter);
  const list = useInfiniteQuery({
    ...quarantineQuery(asked, isFirst ? first : undefined),
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap((page) => page.devices) ?? [];
  const chosen = rows.filter(({ id }) => selected.has(id));
  const mayAct = mayApprove || maySuspend;
  return (
    <>
      <p className="max-w-3xl text-ink-2">{text.intro}</p>
      <div className="flex min-h-8.5 flex-wrap items-center gap-x-5 gap-y-3">
        <Filters filter={filter} onChange={setFilter} />
        {mayAct && chosen.length > 0 && (
          <QuarantineBar
            devices={chosen}
            mayApprove={mayApprove}
            maySuspend={maySuspend}
            onDone={() => setSelected(new Set())}
          />
        )}
      </div>
      <DataTable
        label={text.title}
        columns={quarantineColumns}
        rows={rows}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        rowHref={deviceHref}
        state={tableState(list)}
        empty={<EmptyState title={text.emptyTitle}>{text.emptyText}</EmptyState>}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
        total={list.data?.pages[0]?.count ?? rows.length}
        {...(mayAct && { selected, onSelectedChange: setSelected })}
      />
    </>
  );
}

function Filters({
  filter,
  onChange,
}: {
  readonly filter: QuarantineFilter;
  readonly onChange: (filter: QuarantineFilter) => void;
}) {
  return (
    <>
      <Field label={text.find} hideLabel className="w-64 max-sm:w-full">
        <Input
          data-page-filter
          type="search"
          placeholder={text.find}
          value={filter.q}
          maxLength={128}
          autoComplete="off"
          onChange={(event) => onChange({ ...filter, q: event.target.value })}
        />
      </Field>
      <Checkbox
        label={text.withBatches}
        checked={filter.batches === "all"}
        onChange={(event) =>
          onChange({ ...filter, batches: event.target.checked ? "all" : "none" })
        }
      />
    </>
  );
}
