"use client";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { certificateColumns } from "#components/certificate/certificate-columns.tsx";
import { CertificateFilters } from "#components/certificate/certificate-filters.tsx";
import { campaignHref, certificateHref } from "#components/certificate/certificate-href.ts";
import {
  certificateExportUrl,
  certificateFacetsQuery,
  certificateListQuery,
} from "#components/certificate/certificate-queries.ts";
import {
  CertificateSelection,
  type MayChange,
} from "#components/certificate/certificate-selection.tsx";
import { useCertificateView } from "#components/certificate/use-certificate-view.ts";
import { certificateListText as text } from "#components/strings/certificate-list.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { tablePaging } from "#components/ui/table-state.ts";
import {
  certificateViewToParams,
  isNarrowedCertificates,
  type CertificateView,
} from "#server/domain/certificate-filter.ts";
import type { CertificateFacets } from "#server/services/certificate/facets.ts";
import type { CertificateList } from "#server/services/certificate/list.ts";

type First = {
  /** The view that the server rendered, as its address. */
  readonly view: string;
  readonly list: CertificateList;
};

/** The inventory: filters, table, export, what can be done with many. The address holds its state. */
export function CertificateTable({
  first,
  facets: firstFacets,
  may,
}: {
  readonly first: First;
  readonly facets: CertificateFacets;
  readonly may: MayChange;
}) {
  const { view, setView, setFilter } = useCertificateView();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { data: facets } = useQuery(certificateFacetsQuery(firstFacets));
  const { certificates, matching, paging } = useCertificatePages(view, first);
  const narrowed = isNarrowedCertificates(view.filter);
  return (
    <section aria-label={text.table} className="flex flex-col gap-3">
      <CertificateFilters filter={view.filter} facets={facets} onChange={setFilter} />
      <Bar view={view} may={may}>
        <Matching narrowed={narrowed} total={facets.total} matching={matching} />
      </Bar>
      <CertificateSelection
        chosen={certificates.filter(({ id }) => selected.has(id))}
        filter={view.filter}
        may={may}
        onDone={() => setSelected(new Set())}
      />
      <DataTable
        label={text.table}
        columns={certificateColumns}
        rows={certificates}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        rowHref={certificateHref}
        empty={
          <EmptyState title={narrowed ? text.nothingTitle : text.emptyTitle}>
            {narrowed ? text.nothingText : text.emptyText}
          </EmptyState>
        }
        sort={{ column: "end", direction: view.sort === "-end" ? "desc" : "asc" }}
        onSortChange={({ direction }) =>
          setView({ ...view, sort: direction === "desc" ? "-end" : "end" })
        }
        {...((may.revoke || may.rotate) && { selected, onSelectedChange: setSelected })}
        {...paging}
      />
    </section>
  );
}

/** What is loaded of the view, and how the table gets more of it. */
function useCertificatePages(view: CertificateView, first: First) {
  const isFirst = certificateViewToParams(view).toString() === first.view;
  const list = useInfiniteQuery({
    ...certificateListQuery(view, isFirst ? first.list : undefined),
    placeholderData: keepPreviousData,
  });
  const matching = list.data?.pages[0]?.matching ?? null;
  return {
    certificates: list.data?.pages.flatMap((page) => page.certificates) ?? [],
    matching,
    paging: tablePaging(list, matching),
  };
}

/** How many there are, and what can be done with all that match. */
function Bar({
  view,
  may,
  children,
}: {
  readonly view: CertificateView;
  readonly may: MayChange;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="flex-1 text-ink-2">{children}</span>
      <ButtonLink size="sm" href="/certificates/trust-anchors" prefetch={false}>
        {text.anchors}
      </ButtonLink>
      {may.rotate && (
        <ButtonLink size="sm" href={campaignHref([], view.filter)} prefetch={false}>
          {text.rotate}
        </ButtonLink>
      )}
      <ButtonLink
        size="sm"
        href={certificateExportUrl(view, "csv")}
        prefetch={false}
        download
        aria-label={text.exportCsvLabel}
        title={text.exportNote}
      >
        {text.exportCsv}
      </ButtonLink>
      <ButtonLink
        size="sm"
        href={certificateExportUrl(view, "ndjson")}
        prefetch={false}
        download
        aria-label={text.exportNdjsonLabel}
        title={text.exportNote}
      >
        {text.exportNdjson}
      </ButtonLink>
    </div>
  );
}

function Matching({
  narrowed,
  total,
  matching,
}: {
  readonly narrowed: boolean;
  readonly total: number;
  readonly matching: CertificateList["matching"];
}) {
  if (!narrowed || matching === null) return text.total(formatCount(total));
  const count = formatCount(matching.count);
  return text.total(matching.more ? text.atLeast(count) : count);
}
