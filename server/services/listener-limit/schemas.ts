import { z } from "zod";
import { limitScopes } from "#server/domain/listener-limits.ts";

export const listenerLimitListSchema = z.object({});

export const listenerLimitTarget = z.object({
  scope: z.enum(limitScopes, "Choose connection, device or tenant."),
  /** As in the table of limits: `messagesPerSecond`. */
  name: z.string().trim().min(1, "Which limit?").max(64, "There is no such limit."),
});

export const setListenerLimitSchema = listenerLimitTarget.extend({
  value: z.coerce
    .number("A whole number.")
    .int("A whole number.")
    .min(0, "Not below 0.")
    .max(Number.MAX_SAFE_INTEGER, "This is too large."),
});
