import { z } from "zod";

const newProfile = z.object({
  name: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$/,
      "Use 1 to 64 letters, digits, spaces, dots, underscores or hyphens.",
    ),
  description: z.string().trim().max(500, "Use at most 500 characters.").default(""),
  /** JSON Schema 2020-12 of one message's values; registered under the profile's name. */
  jsonSchema: z
    .record(z.string(), z.unknown(), { error: "The schema must be a JSON object." })
    .optional(),
  /** A published version instead. */
  schema: z.object({ name: z.string().trim().min(1).max(64), version: z.int().min(1) }).optional(),
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

export const createProfileSchema = newProfile.refine(
  ({ jsonSchema, schema }) => (jsonSchema === undefined) !== (schema === undefined),
  { path: ["jsonSchema"], error: "Give a JSON Schema, or a version of a schema, not both." },
);

export const listProfilesSchema = z.object({});

/** What is left out stays as it is. */
export const setProfilePolicySchema = z.object({
  profileId: z.uuid("Choose a profile."),
  compatibility: z.enum(["none", "backward", "forward", "full"]).optional(),
  unknownVersion: z.enum(["refuse", "latest", "quarantine"]).optional(),
  lateSeconds: z
    .number()
    .int("Whole seconds.")
    .min(1, "At least one second.")
    .max(31_536_000, "At most a year.")
    .optional(),
});
