import { z } from "zod";

const longestRangeMs = 31 * 86_400_000;
const instant = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date(),
);

export const ledgerSummarySchema = z
  .object({
    from: instant,
    /** Not included. */
    to: instant,
  })
  .refine(({ from, to }) => from < to, { error: "must be before to", path: ["from"] })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= longestRangeMs, {
    error: "The range must not be longer than 31 days.",
    path: ["from"],
  });
