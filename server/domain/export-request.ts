import { z } from "zod";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import { telemetryLevels } from "#server/domain/telemetry-query.ts";

/** What a file is written as: `ndjson` is one JSON document a line. */
export const exportFormats = ["csv", "ndjson", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** More than that is not exported by one job. */
export const maxExportDevices = 200_000;
const maxExportMetrics = 50;
/** Files wait for being fetched for so many days, unless somebody says otherwise. */
export const defaultKeepDays = 7;
export const maxKeepDays = 30;

const instant = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date("This is no instant."),
);

/** What goes into the file. */
export const exportRequestSchema = z.discriminatedUnion("kind", [
  z
    .object({
      kind: z.literal("telemetry"),
      devices: deviceSelectionSchema,
      /** Names of fields. None: all that the devices' schemas have; only of single readings. */
      metrics: z
        .array(z.string().min(1).max(128))
        .max(maxExportMetrics, `at most ${maxExportMetrics} metrics`)
        .transform((names) => [...new Set(names)])
        .default([]),
      from: instant,
      to: instant,
      /** Single readings, or readings rolled up by minute or hour. */
      level: z.enum(telemetryLevels).default("raw"),
    })
    .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from" })
    .refine(({ level, metrics }) => level === "raw" || metrics.length > 0, {
      path: ["metrics"],
      message: "Name the metrics to roll up.",
    }),
  z.object({ kind: z.literal("devices"), devices: deviceSelectionSchema }),
]);
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
