import { z } from "zod";

const name = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
    "Use 1 to 64 letters, digits, dots, underscores or hyphens; the first is a letter.",
  );

/** A command that devices of the profile understand: `dn/command/{name}/{commandId}`. */
export const commandSpecification = z.strictObject({
  name,
  description: z.string().trim().max(500, "At most 500 characters.").default(""),
  /** JSON Schema of what is sent along; null: nothing is. */
  parameters: z.record(z.string(), z.unknown()).nullable().default(null),
  /** A command that nobody takes for so long expires. */
  expirySeconds: z.int("Whole seconds.").min(1).max(2_592_000, "At most 30 days.").default(300),
});
/** Within which bounds a metric is as it should be. */
export const threshold = z
  .strictObject({
    metric: z.string().trim().min(1, "Which metric?").max(64),
    low: z.number().nullable().default(null),
    high: z.number().nullable().default(null),
    severity: z.enum(["warning", "critical"]).default("warning"),
  })
  .refine(({ low, high }) => low !== null || high !== null, {
    path: ["low"],
    error: "Give a lower or an upper bound.",
  })
  .refine(({ low, high }) => low === null || high === null || low < high, {
    path: ["high"],
    error: "The upper bound must be above the lower one.",
  });
/** Rules for the certificates of devices, besides their lifetime. */
export const certificatePolicy = z.strictObject({
  /** For how long the old certificate counts beside the new one. */
  overlapDays: z.int().min(0).max(90, "At most 90 days.").default(7),
  /** By whom certificates are renewed: a person, or the device itself. */
  renewal: z.enum(["manual", "automatic"]).default("manual"),
  /** Whether a device may renew a certificate that has run out: never, for some days, or with a ticket. */
  expiredRenewal: z.enum(["off", "grace", "ticket"]).default("off"),
  graceDays: z.int().min(1, "At least one day.").max(90, "At most 90 days.").default(14),
  /** Days before the end at which people are told of what they renew. */
  alertDays: z
    .array(z.int().min(1, "At least one day.").max(365, "At most 365 days."))
    .min(1, "Name at least one day.")
    .max(8, "At most eight.")
    .default([30, 14, 7, 1]),
});
