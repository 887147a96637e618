import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import { ledgerRange, type LedgerRangeKey } from "#server/domain/ledger-range.ts";
import type { LedgerDifferenceView } from "#server/services/ledger/differences.ts";
import type { LedgerSummary } from "#server/services/ledger/summary.ts";

const base = "/api/console/ledger";
const refreshMs = 10_000;

/** A summary with the start of its range, epoch milliseconds: the range moves on with the clock. */
export type RangedSummary = { readonly from: number; readonly summary: LedgerSummary };

/** The ledger of a range that ends now. `first` is what the server rendered for the same range. */
export function ledgerQuery(key: LedgerRangeKey, first: RangedSummary | undefined) {
  return queryOptions({
    queryKey: ["ledger", "summary", key],
    queryFn: async ({ signal }): Promise<RangedSummary> => {
      const { from, to, steps } = ledgerRange(key, Date.now());
      const url = `${base}?from=${from}&to=${to}&steps=${steps}`;
      return { from, summary: await readJson<LedgerSummary>(url, signal) };
    },
    refetchInterval: refreshMs,
    ...(first !== undefined && { initialData: first }),
  });
}

/** The minutes that do not add up, newest first. */
export function differencesQuery(first: readonly LedgerDifferenceView[]) {
  return queryOptions({
    queryKey: ["ledger", "differences"],
    queryFn: ({ signal }) =>
      readJson<readonly LedgerDifferenceView[]>(`${base}/differences`, signal),
    refetchInterval: refreshMs,
    initialData: first,
  });
}

/** Where the counts of a range can be downloaded. */
export function ledgerExportUrl(key: LedgerRangeKey, from: number): string {
  const { stepMs, steps } = ledgerRange(key, from);
  return `${base}/export?from=${from}&to=${from + stepMs * steps}`;
}
