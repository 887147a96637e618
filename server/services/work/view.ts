import type { BulkJobView } from "#server/services/bulk/view.ts";
import type { ExportView } from "#server/services/export/view.ts";

/** One piece of background work. */
export type WorkEntry =
  | { readonly kind: "bulk"; readonly work: BulkJobView }
  | { readonly kind: "export"; readonly work: ExportView };

export type WorkList = {
  readonly work: readonly WorkEntry[];
  readonly next: string | null;
};
