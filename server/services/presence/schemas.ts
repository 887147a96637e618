import { z } from "zod";
import { availabilityKinds } from "#server/domain/availability.ts";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

/** So many of the worst devices are named where nothing else is asked for. */
export const usualWorst = 20;

export const presenceHistorySchema = z.object({
  deviceId: deviceRef,
  hours: z.coerce.number().int().min(1).max(720, "at most 720, which are 30 days").default(24),
});

export const availabilitySchema = z.object({
  /** Whose; absent: those that the next three leave, which is every device without any of them. */
  devices: deviceSelectionSchema.optional(),
  group: z.uuid("is no UUID of a group").optional(),
  profile: z.uuid("is no UUID of a profile").optional(),
  tag: z.string().trim().min(1).max(64).optional(),
  /** Days (UTC) up to and with today. */
  days: z.coerce.number().int().min(1).max(90, "at most 90").default(7),
  by: z.enum(availabilityKinds).default("profile"),
  /** How many of the worst devices are named. */
  worst: z.coerce.number().int().min(0).max(1_000, "at most 1000").default(usualWorst),
});
