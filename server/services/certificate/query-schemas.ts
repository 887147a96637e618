import { z } from "zod";
import { certificateSorts } from "#server/domain/certificate-filter.ts";
import { certificateFilterSchema } from "#server/domain/certificate-filter-schema.ts";

export const certificateListSchema = z.object({
  filter: certificateFilterSchema.prefault({}),
  sort: z.enum(certificateSorts).default("end"),
  /** Given by the page before; opaque. */
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});

export const certificateExportSchema = z.object({
  filter: certificateFilterSchema.prefault({}),
  sort: z.enum(certificateSorts).default("end"),
  format: z.enum(["csv", "ndjson"]).default("csv"),
});

export const certificateShowSchema = z.object({
  certificateId: z.uuid("Which certificate?"),
});
