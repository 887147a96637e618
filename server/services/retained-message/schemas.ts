import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";

export const retainedMessageListSchema = z.object({
  /** Retained messages that this device published. */
  device: deviceRef,
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(100),
});

export const removeRetainedMessageSchema = z.object({
  topic: z.string().min(1, "Which topic?").max(65_535, "This is no topic."),
  reason: z.string().trim().max(500, "A reason has at most 500 characters.").default(""),
});
