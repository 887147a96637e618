import { z } from "zod";
import { bulkDeviceStates } from "#server/domain/bulk-action.ts";
import { bulkActionSchema } from "#server/domain/bulk-action-schema.ts";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";

const count = z.coerce.number().int().min(0);

export const createBulkJobSchema = z.object({
  action: bulkActionSchema,
  selection: deviceSelectionSchema,
  reason: z.string().trim().max(500, "A reason has at most 500 characters.").default(""),
  /** How many devices whoever asks has seen: when more match by now, nothing is begun. */
  expected: count.optional(),
});

export const bulkImpactSchema = z.object({ selection: deviceSelectionSchema });

export const bulkJobRefSchema = z.object({ jobId: z.uuid("This is no job's id.") });

export const listBulkJobsSchema = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const listBulkJobDevicesSchema = bulkJobRefSchema.extend({
  state: z.enum(bulkDeviceStates).optional(),
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
});
