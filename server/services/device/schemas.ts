import { z } from "zod";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import { deviceIdPattern, deviceIdRule } from "#server/domain/device-id.ts";
import {
  deviceNamePattern,
  deviceNameProblems,
  longestDeviceName,
} from "#server/domain/device-name.ts";
import { pskBytes, pskSlots } from "#server/domain/psk.ts";
import { sasKeyBytes, sasSlots } from "#server/domain/sas-key.ts";

/** A device by its own id or by UUID. */
export const deviceRef = z
  .string()
  .trim()
  .min(1, "Which device?")
  .max(128, "This is no device id.");

const deviceName = z
  .string()
  .trim()
  .min(1, deviceNameProblems.missing)
  .max(longestDeviceName, deviceNameProblems.tooLong)
  .regex(deviceNamePattern, deviceNameProblems.lines);

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text.");

/** By its manufacturer. */
export const deviceIdentity = {
  serial: oneLine(128),
  manufacturer: oneLine(120),
  model: oneLine(120),
  hardwareRevision: oneLine(64),
};

export const deviceTags = z
  .array(
    z
      .string()
      .trim()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/,
        "A tag has 1 to 64 letters, digits, dots, colons, slashes, underscores or hyphens.",
      ),
  )
  .max(32, "At most 32 tags.");

export const createDeviceSchema = z.object({
  name: deviceName,
  serial: deviceIdentity.serial.default(""),
  manufacturer: deviceIdentity.manufacturer.default(""),
  model: deviceIdentity.model.default(""),
  hardwareRevision: deviceIdentity.hardwareRevision.default(""),
  tags: deviceTags.default([]),
  attributes: deviceAttributes.default({}),
  /** May connect, and what it sends is kept apart until somebody approves it. */
  quarantine: z.boolean().default(false),
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
    serial: deviceIdentity.serial.optional(),
    manufacturer: deviceIdentity.manufacturer.optional(),
    model: deviceIdentity.model.optional(),
    hardwareRevision: deviceIdentity.hardwareRevision.optional(),
    /** Take the place of all that are there. */
    tags: deviceTags.optional(),
    attributes: deviceAttributes.optional(),
  })
  .refine(
    (input) =>
      Object.entries(input).some(([name, value]) => name !== "deviceId" && value !== undefined),
    {
      error: "Say what to change: the name, the profile, the identity, the tags or the attributes.",
    },
  );

const reason = z.string().trim().max(500, "A reason has at most 500 characters.").default("");

export const changeDeviceStateSchema = z.object({ deviceId: deviceRef, reason });

export const decommissionDeviceSchema = changeDeviceStateSchema.extend({
  /** What becomes of the devices behind a gateway. */
  children: z.enum(["detach", "decommission"], "Choose detach or decommission.").default("detach"),
  /** What becomes of what it sent: kept as its retention class says, or deleted for good. */
  data: z.enum(["keep", "erase"], "Choose keep or erase.").default("keep"),
});

export const approveDeviceSchema = changeDeviceStateSchema.extend({
  replay: z.boolean().default(true).describe("Put what was sent in quarantine into the series"),
});

export const createPasswordSchema = z.object({
  deviceId: deviceRef,
  /** The newest earlier one goes on counting until somebody revokes it. */
  keepOld: z.boolean().default(false),
});

const sasSlot = z.enum(sasSlots, "Choose primary or secondary.");

const base64 = z
  .string()
  .trim()
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "This is no base64.")
  .refine((text) => {
    const bytes = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
    return bytes >= sasKeyBytes.min && bytes <= sasKeyBytes.max;
  }, `A key has ${sasKeyBytes.min} to ${sasKeyBytes.max} bytes.`);

export const createSasKeySchema = z.object({
  deviceId: deviceRef,
  slot: sasSlot,
  /** The device's own key as base64, where it brings one along; else one is made. */
  key: base64.optional(),
});

const hex = z
  .string()
  .trim()
  .regex(/^(?:[0-9A-Fa-f]{2})*$/, "This is no hexadecimal.")
  .refine(
    ({ length }) => length >= 2 * pskBytes.min && length <= 2 * pskBytes.max,
    `A key has ${pskBytes.min} to ${pskBytes.max} bytes.`,
  )
  // Sixteen zeros are no secret: such a key was never made, only forgotten.
  .refine((text) => new Set(text.toLowerCase().match(/../g)).size > 4, "This key is too simple.");

export const createPskSchema = z.object({
  deviceId: deviceRef,
  slot: z.enum(pskSlots, "Choose primary or secondary."),
  /** The device's own key as hexadecimal, where it brings one along; else one is made. */
  key: hex.optional(),
});

export const deviceCredentialListSchema = z.object({ deviceId: deviceRef });

export const revokeCredentialSchema = z.object({
  deviceId: deviceRef,
  credentialId: z.uuid("This is no credential's id."),
});
