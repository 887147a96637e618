import { z } from "zod";
import {
  batchSources,
  longestRejection,
  passphraseLength,
  rejectionProblems,
  passphraseProblems,
} from "#server/domain/device-batch.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";

/** Most devices of one batch. */
export const mostRows = 100_000;
/** Largest row, bytes. */
export const maxRowBytes = 65_536;

const batchId = z.uuid("This is no batch's id.");
const cursor = z.string().max(128).optional().describe("`next` of the page before");
const limit = z.coerce.number().int().min(1).max(200, "must be at most 200").default(50);

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text.");

export const openBatchSchema = z.object({
  name: oneLine(120).min(1, "Give the batch a name."),
  profileId: z.uuid("Choose a profile."),
  source: z.enum(batchSources).default("manifest"),
  options: batchOptions.prefault({}),
  fileName: oneLine(255).default(""),
});

export const batchRefSchema = z.object({ batchId });

export const listBatchesSchema = z.object({ cursor, limit });

export const listBatchRowsSchema = z.object({
  batchId,
  only: z
    .enum(["bad", "connected", "all"])
    .default("all")
    .describe("`bad`: rows with a problem; `connected`: those whose devices have connected"),
  cursor,
  limit,
});

export const approveBatchSchema = z.object({
  batchId,
  replay: z.boolean().default(true).describe("Put what was sent in quarantine into the series"),
});

export const rejectBatchSchema = z.object({
  batchId,
  reason: z
    .string()
    .trim()
    .min(1, rejectionProblems.missing)
    .max(longestRejection, rejectionProblems.tooLong),
});

export const bundleSchema = z.object({
  batchId,
  passphrase: z
    .string()
    .min(passphraseLength.min, passphraseProblems.tooShort)
    .max(passphraseLength.max, passphraseProblems.tooLong),
});

export const rememberedMappingSchema = z.object({
  columns: z.array(z.string().max(200)).min(1, "The file has no columns.").max(512),
});

export type OpenBatchInput = z.input<typeof openBatchSchema>;
