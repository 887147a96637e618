import { z } from "zod";
import { differenceKinds } from "#server/domain/ledger-balance.ts";

const longestRangeMs = 31 * 86_400_000;
const instant = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date(),
);

/** Over which time; the refinements name the field that is wrong. */
const range = {
  from: instant,
  /** Not included. */
  to: instant,
};

type Range = { readonly from: Date; readonly to: Date };
const isForward = ({ from, to }: Range): boolean => from < to;
const isShort = ({ from, to }: Range): boolean => to.getTime() - from.getTime() <= longestRangeMs;
const backward = { error: "must be before to", path: ["from"] };
const long = { error: "The range must not be longer than 31 days.", path: ["from"] };

export const ledgerSummarySchema = z
  .object({
    ...range,
    /** Over time in at most so many steps. */
    steps: z.coerce.number().int().min(1).max(1500, "must be at most 1500").default(1500),
  })
  .refine(isForward, backward)
  .refine(isShort, long);

export const ledgerExportSchema = z.object(range).refine(isForward, backward).refine(isShort, long);

export const differenceListSchema = z.object({
  /** "open": neither resolved nor acknowledged. */
  state: z.enum(["open", "all"], "Choose open or all.").default("all"),
  limit: z.coerce.number().int().min(1).max(500, "must be at most 500").default(100),
});

export const acknowledgeDifferenceSchema = z.object({
  minute: instant,
  kind: z.enum(differenceKinds, "Choose balance or dead_letters."),
  note: z
    .string()
    .trim()
    .min(3, "Say in a few words what it was.")
    .max(500, "A note has at most 500 characters."),
});
