import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";
import { serviceClientRef } from "#server/services/service-client/schemas.ts";

export const deviceSessionsSchema = z.object({ device: deviceRef });
export const serviceClientSessionsSchema = z.object({ serviceClient: serviceClientRef });

export const endMqttSessionSchema = z.object({
  /** As the list of sessions names it. */
  sessionId: z.string().regex(/^[1-9]\d{0,18}$/, "This is no session's id."),
  reason: z.string().trim().max(500, "A reason has at most 500 characters.").default(""),
});
