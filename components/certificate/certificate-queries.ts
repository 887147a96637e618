import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import {
  certificateViewToParams,
  type CertificateView,
} from "#server/domain/certificate-filter.ts";
import type { CertificateFacets } from "#server/services/certificate/facets.ts";
import type { CertificateList } from "#server/services/certificate/list.ts";
import type { RunOut } from "#server/services/certificate/run-out.ts";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

const base = "/api/console/certificates";
const pageSize = 100;
const refreshMs = 10_000;
/** Beyond this, a refresh of everything loaded would cost more than it tells. */
const refreshedPages = 3;

/** All of this is asked for anew when a certificate changes. */
export const certificatesKey = ["certificates"] as const;

function pageUrl(view: CertificateView, cursor: string | null): string {
  const params = certificateViewToParams(view);
  params.set("limit", String(pageSize));
  if (cursor !== null) params.set("cursor", cursor);
  return `${base}?${params.toString()}`;
}

/** The inventory's pages. `first` is what the server has rendered for the same view. */
export function certificateListQuery(view: CertificateView, first: CertificateList | undefined) {
  return infiniteQueryOptions({
    queryKey: [...certificatesKey, "list", certificateViewToParams(view).toString()],
    queryFn: ({ pageParam, signal }) => readJson<CertificateList>(pageUrl(view, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
    refetchInterval: (query) =>
      (query.state.data?.pages.length ?? 0) <= refreshedPages ? refreshMs : false,
  });
}

/** Counts for the filters. */
export function certificateFacetsQuery(first: CertificateFacets) {
  return queryOptions({
    queryKey: [...certificatesKey, "facets"],
    queryFn: ({ signal }) => readJson<CertificateFacets>(`${base}/facets`, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

/** What runs out when. */
export function runOutQuery(by: RunOut["by"], first: RunOut | undefined) {
  return queryOptions({
    queryKey: [...certificatesKey, "run-out", by],
    queryFn: ({ signal }) => readJson<RunOut>(`${base}/run-out?by=${by}`, signal),
    ...(first !== undefined && { initialData: first }),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

/** One certificate, anew while somebody looks at it. */
export function certificateQuery(id: string, first: CertificateDetail) {
  return queryOptions({
    queryKey: [...certificatesKey, "show", id],
    queryFn: ({ signal }) => readJson<CertificateDetail>(`${base}/${id}`, signal),
    initialData: first,
    refetchInterval: 5_000,
  });
}

/** Where the matching certificates can be downloaded. */
export function certificateExportUrl(view: CertificateView, format: "csv" | "ndjson"): string {
  const params = certificateViewToParams(view);
  params.set("format", format);
  return `${base}/export?${params.toString()}`;
}
