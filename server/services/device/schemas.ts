import { z } from "zod";
import { deviceIdPattern, deviceIdRule } from "#server/domain/device-id.ts";

/** A device by its own id or by UUID. */
export const deviceRef = z
  .string()
  .trim()
  .min(1, "Which device?")
  .max(128, "This is no device id.");

const deviceName = z
  .string()
  .trim()
  .min(1, "Give the device a name.")
  .max(120, "A name has at most 120 characters.")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "A name is one line of text.");

export const createDeviceSchema = z.object({
  name: deviceName,
  /** What the device calls itself; made of the name when absent. */
  deviceId: z.string().trim().regex(deviceIdPattern, deviceIdRule).optional(),
  /** UUID; the open profile "generic" when absent. */
  profileId: z.uuid("Choose a profile.").optional(),
});

export const updateDeviceSchema = z
  .object({
    deviceId: deviceRef,
    name: deviceName.optional(),
    profileId: z.uuid("Choose a profile.").optional(),
  })
  .refine((input) => input.name !== undefined || input.profileId !== undefined, {
    error: "Say what to change: the name or the profile.",
  });

const reason = z.string().trim().max(500, "A reason has at most 500 characters.").default("");

export const changeDeviceStateSchema = z.object({ deviceId: deviceRef, reason });

export const createPasswordSchema = z.object({ deviceId: deviceRef });
