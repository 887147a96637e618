import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";

/** Filters of the dead letters; all of them may come from an address bar. */
export const deadLetterFilter = z.object({
  reason: z.string().trim().min(1).max(64).optional(),
  /** The device's own id. */
  device: deviceRef.optional(),
  /** Part of a topic, a device id or an explanation. */
  text: z.string().trim().min(1).max(128).optional(),
});

export const deadLetterListSchema = deadLetterFilter.extend({
  /** Given by the page before; opaque. */
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});

export const deadLetterShowSchema = z.object({ id: z.uuid("This is no dead letter's id.") });
