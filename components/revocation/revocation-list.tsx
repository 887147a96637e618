"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { useRouter } from "next/navigation";
import { FleetSearch } from "#components/device/fleet-search.tsx";
import { revocationColumns } from "#components/revocation/revocation-columns.tsx";
import {
  revocationHref,
  revocationsHref,
  revocationsQuery,
  type RevocationsFilter,
} from "#components/revocation/revocation-queries.ts";
import { revocationText as text } from "#components/strings/revocation.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { tableState } from "#components/ui/table-state.ts";
import { revocationChips } from "#server/domain/revocation-state.ts";
import type { RevocationPage } from "#server/services/revocation/list.ts";

/** Certificates that were revoked or held, newest first; each opens to its proof. */
export function RevocationList({
  filter,
  first,
}: {
  readonly filter: RevocationsFilter;
  readonly first: RevocationPage;
}) {
  const router = useRouter();
  const list = useInfiniteQuery({
    ...revocationsQuery(filter, first),
    placeholderData: keepPreviousData,
  });
  const pages = list.data?.pages ?? [];
  const narrowed = filter.state !== "" || filter.q !== "";
  const go = (change: Partial<RevocationsFilter>) =>
    router.replace(revocationsHref({ ...filter, ...change }), { scroll: false });
  return (
    <div>
      <fieldset className="mb-3 flex flex-wrap gap-2">
        <legend className="sr-only">{text.filters}</legend>
        <Chips filter={filter} counts={pages[0]?.counts} onChange={(state) => go({ state })} />
        <FleetSearch text={filter.q} hint={text.search} onChange={(q) => go({ q })} />
      </fieldset>
      <DataTable
        label={text.title}
        columns={revocationColumns}
        rows={pages.flatMap((page) => page.revocations)}
        rowId={({ id }) => id}
        rowName={({ device, sha256 }) => device?.name ?? sha256}
        rowHref={revocationHref}
        state={tableState(list)}
        empty={
          narrowed ? (
            <EmptyState title={text.narrowed}>{text.narrowedText}</EmptyState>
          ) : (
            <EmptyState title={text.empty}>{text.emptyText}</EmptyState>
          )
        }
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
      />
    </div>
  );
}

function Chips({
  filter,
  counts,
  onChange,
}: {
  readonly filter: RevocationsFilter;
  readonly counts: RevocationPage["counts"] | undefined;
  readonly onChange: (state: RevocationsFilter["state"]) => void;
}) {
  return (["", ...revocationChips] as const).map((chip) => {
    const active = filter.state === chip;
    return (
      <button
        key={chip}
        type="button"
        aria-pressed={active}
        onClick={() => onChange(chip)}
        className={clsx(
          "inline-flex h-7.5 items-center gap-1.5 rounded border px-2.5 transition-colors duration-100",
          active
            ? "border-accent bg-accent-soft font-semibold text-accent"
            : "border-line-strong bg-surface text-ink-2 hover:bg-sunken",
        )}
      >
        {chip === "" ? text.every : text.chips[chip]}
        {chip !== "" && counts !== undefined && (
          <span className="text-sm tabular-nums">{formatCount(counts[chip])}</span>
        )}
      </button>
    );
  });
}
