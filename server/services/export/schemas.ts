import { z } from "zod";
import { defaultKeepDays, exportFormats, maxKeepDays } from "#server/domain/export-request.ts";
import { exportRequestSchema } from "#server/domain/export-request-schema.ts";

export const createExportSchema = z.object({
  /** What the file is called; made of what it holds when absent. */
  name: z
    .string()
    .trim()
    .max(120, "A name has at most 120 characters.")
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "A name is one line of text.")
    .default(""),
  format: z.enum(exportFormats, "Choose csv, ndjson or parquet.").default("csv"),
  request: exportRequestSchema,
  keepDays: z.coerce
    .number()
    .int()
    .min(1, "At least one day.")
    .max(maxKeepDays, `At most ${maxKeepDays} days.`)
    .default(defaultKeepDays),
});
export type CreateExportInput = z.input<typeof createExportSchema>;

export const exportRefSchema = z.object({ exportId: z.uuid("This is no export's id.") });

export const listExportsSchema = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
