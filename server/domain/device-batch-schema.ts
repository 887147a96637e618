import { z } from "zod";
import { batchKeys, manifestFields } from "#server/domain/device-batch.ts";

/** Column name to field; `attribute:NAME` keeps a column as an attribute; what is not named is left out. */
export const columnMapping = z.record(
  z.string().max(200),
  z.union([z.enum(manifestFields), z.string().regex(/^attribute:[A-Za-z_][A-Za-z0-9_]{0,63}$/)]),
);
/** What a batch does with its rows. */
export const batchOptions = z.strictObject({
  keys: z.enum(batchKeys).default("none"),
  quarantine: z.boolean().default(true),
  /** Devices that must connect before the batch can be approved. */
  sampleSize: z.int().min(0).max(100).default(5),
  tags: z.array(z.string().trim().min(1).max(64)).max(32).default([]),
  mapping: columnMapping.default({}),
});
