import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { askJson, readJson } from "#components/layout/read-json.ts";
import { revocationChips, type RevocationChip } from "#server/domain/revocation-state.ts";
import type { RevocationImpact } from "#server/services/certificate/revocation-impact.ts";
import type { RevocationFilter } from "#server/services/certificate/schemas.ts";
import type { RevocationPage } from "#server/services/revocation/list.ts";
import type { RevocationProof } from "#server/services/revocation/proof.ts";

const api = "/api/console/revocations";
const refreshMs = 10_000;
/** A proof: while steps are still missing, and later, when further attempts are counted. */
const watchMs = 2_000;
const attemptsMs = 5_000;

/** Everything that is kept about revocations, for `invalidateQueries`. */
export const revocationsKey = ["revocations"] as const;

/** What the list is narrowed to; empty texts narrow nothing. */
export type RevocationsFilter = { readonly state: RevocationChip | ""; readonly q: string };

/** Reads the filter from an address; what does not fit is left out. */
export function revocationsFilterFrom(read: (name: string) => string | null): RevocationsFilter {
  return {
    state: revocationChips.find((chip) => chip === read("state")) ?? "",
    q: (read("q") ?? "").trim().slice(0, 128),
  };
}

/** The filter as the service takes it. */
export function revocationsInput({ state, q }: RevocationsFilter) {
  return { ...(state !== "" && { state }), ...(q !== "" && { q }) };
}

/** The list with this filter. */
export function revocationsHref(filter: RevocationsFilter): string {
  const query = new URLSearchParams(revocationsInput(filter)).toString();
  return `/certificates/revocations${query === "" ? "" : `?${query}`}`;
}

/** The proof of a revocation. */
export function revocationHref({ id }: { readonly id: string }): string {
  return `/certificates/revocations/${id}`;
}

/** The entries page by page, newest first. `first` is what the server rendered for this filter. */
export function revocationsQuery(filter: RevocationsFilter, first: RevocationPage | undefined) {
  return infiniteQueryOptions({
    queryKey: [...revocationsKey, "list", filter],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams(revocationsInput(filter));
      if (pageParam !== null) params.set("cursor", pageParam);
      return readJson<RevocationPage>(`${api}?${params.toString()}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 3 ? refreshMs : false),
  });
}

/** One proof; often while it waits for something. */
export function proofQuery(first: RevocationProof) {
  return queryOptions({
    queryKey: [...revocationsKey, "proof", first.id],
    queryFn: ({ signal }) => readJson<RevocationProof>(`${api}/${first.id}`, signal),
    initialData: first,
    refetchInterval: ({ state }) => (isOpen(state.data) ? watchMs : attemptsMs),
  });
}

function isOpen(proof: RevocationProof | undefined): boolean {
  return proof !== undefined && "missing" in proof.verdict && proof.verdict.missing.length > 0;
}

/** Which certificates: named ones, or those that match. */
export type RevocationChoice =
  | { readonly ids: readonly string[] }
  | { readonly filter: RevocationFilter };

/** How far revoking them would reach. */
export function impactQuery(choice: RevocationChoice) {
  return queryOptions({
    queryKey: [...revocationsKey, "impact", choice],
    queryFn: ({ signal }) =>
      askJson<RevocationImpact>("/api/console/revocation-impact", choice, signal),
    retry: false,
    staleTime: 0,
  });
}
