import type { z } from "zod";
import type { exportRequestSchema } from "#server/domain/export-request-schema.ts";

/** What a file is written as: `ndjson` is one JSON document a line. */
export const exportFormats = ["csv", "ndjson", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** More than that is not exported by one job. */
export const maxExportDevices = 200_000;
/** Files wait for being fetched for so many days, unless somebody says otherwise. */
export const defaultKeepDays = 7;
export const maxKeepDays = 30;

/** What goes into the file. */
export type ExportRequest = z.output<typeof exportRequestSchema>;
/** As a caller writes it: instants may be texts, and what has a default may be absent. */
export type ExportRequestInput = z.input<typeof exportRequestSchema>;

/** Media type and ending of a file. */
export const exportFiles: Readonly<
  Record<ExportFormat, { readonly type: string; readonly ending: string }>
> = {
  csv: { type: "text/csv; charset=utf-8; header=present", ending: "csv" },
  ndjson: { type: "application/x-ndjson", ending: "ndjson" },
  parquet: { type: "application/vnd.apache.parquet", ending: "parquet" },
};
