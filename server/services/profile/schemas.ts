import { z } from "zod";
import { connectivityModels, retentionClasses } from "#server/domain/profile-parts.ts";
import {
  certificatePolicy,
  commandSpecification,
  threshold,
} from "#server/domain/profile-parts-schema.ts";
import { transportSpecification } from "#server/domain/transport-specification-schema.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

const seconds = (least: number, most: number, mostWords: string) =>
  z
    .number()
    .int("Whole seconds.")
    .min(least, `At least ${least} seconds.`)
    .max(most, `At most ${mostWords}.`);

function eachOnce(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

/** What a profile says of its devices besides their messages. */
const settings = {
  description: z.string().trim().max(500, "Use at most 500 characters."),
  connectivity: z.enum(connectivityModels),
  /** A device that is silent for longer is late. */
  expectedContactSeconds: seconds(10, 2_592_000, "30 days"),
  /** How old a reading's own time may be. */
  maxPastSeconds: seconds(60, 315_360_000, "10 years"),
  /** How far a device's clock may run ahead. */
  maxFutureSeconds: seconds(1, 86_400, "a day"),
  certificateDays: z
    .number()
    .int("Whole days.")
    .min(7, "At least 7 days.")
    .max(397, "At most 397 days."),
  certificatePolicy,
  specification: transportSpecification.nullable(),
  commands: z
    .array(commandSpecification)
    .max(100, "At most 100 commands.")
    .refine((list) => eachOnce(list.map(({ name }) => name)), "A command is there twice."),
  thresholds: z.array(threshold).max(200, "At most 200 thresholds."),
  retentionClass: z.enum(retentionClasses),
  /** Markdown. */
  documentation: z.string().trim().max(50_000, "At most 50 000 characters."),
};

const newProfile = z.object({
  name: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$/,
      "Use 1 to 64 letters, digits, spaces, dots, underscores or hyphens.",
    ),
  description: settings.description.default(""),
  connectivity: settings.connectivity.default("always_on"),
  expectedContactSeconds: settings.expectedContactSeconds.default(300),
  maxPastSeconds: settings.maxPastSeconds.default(604_800),
  maxFutureSeconds: settings.maxFutureSeconds.default(300),
  certificateDays: settings.certificateDays.default(90),
  certificatePolicy: settings.certificatePolicy.prefault({}),
  specification: settings.specification.default(null),
  commands: settings.commands.default([]),
  thresholds: settings.thresholds.default([]),
  retentionClass: settings.retentionClass.default("standard"),
  documentation: settings.documentation.default(""),
  /** JSON Schema 2020-12 of one message's values; registered under the profile's name. */
  jsonSchema: z
    .record(z.string(), z.unknown(), { error: "The schema must be a JSON object." })
    .optional(),
  /** A published version instead. */
  schema: z.object({ name: z.string().trim().min(1).max(64), version: z.int().min(1) }).optional(),
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

export const profileTarget = z.object({ profileId: z.uuid("Choose a profile.") });

/** What is left out stays as it is. `revision`: the profile as the caller knows it. */
export const changeProfileSchema = z
  .object(settings)
  .partial()
  .extend({ ...profileTarget.shape, revision: z.coerce.number<number>().int().min(1) });

export const approveSpecificationSchema = profileTarget.extend({
  revision: z.coerce.number<number>().int().min(1),
});

export const profileTrafficSchema = profileTarget.extend({
  hours: z.coerce
    .number<number>()
    .int("Whole hours.")
    .min(1)
    .max(168, "At most 168 hours.")
    .default(24),
});

/** Of what a draft is made. */
export const draftProfileSchema = z.object({
  from: z.enum(["description", "traffic"], "Choose a description or traffic."),
  deviceId: deviceRef,
});
