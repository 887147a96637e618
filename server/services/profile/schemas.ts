import { z } from "zod";

export const createProfileSchema = z.object({
  name: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$/,
      "Use 1 to 64 letters, digits, spaces, dots, underscores or hyphens.",
    ),
  description: z.string().trim().max(500, "Use at most 500 characters.").default(""),
  /** JSON Schema 2020-12 of one message's values. */
  jsonSchema: z.record(z.string(), z.unknown(), { error: "The schema must be a JSON object." }),
  /** A device that is silent for longer is late. */
  expectedContactSeconds: z
    .number()
    .int("Whole seconds.")
    .min(10, "At least 10 seconds.")
    .max(2_592_000, "At most 30 days.")
    .default(300),
  certificateDays: z
    .number()
    .int("Whole days.")
    .min(7, "At least 7 days.")
    .max(397, "At most 397 days.")
    .default(90),
});

export const listProfilesSchema = z.object({});
