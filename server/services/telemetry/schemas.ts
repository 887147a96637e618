import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";

const longestRangeMs = 400 * 86_400_000;
/** Epoch milliseconds or ISO 8601, as a form, an address bar or a program writes it. */
const instant = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date(),
);

/** A field's name as devices send it. */
const metricName = z.string().min(1, "Which metric?").max(64, "This is no metric's name.");

export const seriesSchema = z
  .object({
    device: deviceRef,
    metrics: z.array(metricName).min(1, "Which metric?").max(20, "At most 20 metrics at a time."),
    from: instant,
    /** Not included. */
    to: instant,
    /** For each metric; more readings than that are summed up. */
    points: z.coerce.number().int().min(1).max(2000, "must be at most 2000").default(500),
  })
  .refine(({ from, to }) => from < to, { error: "must be before to", path: ["from"] })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= longestRangeMs, {
    error: "The range must not be longer than 400 days.",
    path: ["from"],
  });

export const latestSchema = z.object({ device: deviceRef });

export const messagesSchema = z.object({
  device: deviceRef,
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});
