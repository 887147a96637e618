import { z } from "zod";
import { childPolicy } from "#server/domain/child-policy.ts";
import { deviceIdPattern, deviceIdRule } from "#server/domain/device-id.ts";
import { createDeviceSchema, deviceRef } from "#server/services/device/schemas.ts";

/** More come as a batch. */
const childrenAtOnce = 1_000;

const childId = z.string().trim().regex(deviceIdPattern, deviceIdRule);

export const setGatewaySchema = z.object({
  deviceId: deviceRef,
  /** The gateway by its id or UUID; null takes the device off the one that it is behind. */
  gateway: deviceRef.nullable(),
});

export const setChildPolicySchema = z.object({ deviceId: deviceRef, policy: childPolicy });

export const registerChildSchema = z.object({ gateway: z.uuid(), deviceId: childId });

export const addChildrenSchema = z.object({
  /** The gateway by its id or UUID. */
  deviceId: deviceRef,
  children: z
    .array(
      z.object({
        deviceId: childId,
        /** The id where it is absent or empty. */
        name: z.union([z.literal(""), createDeviceSchema.shape.name]).optional(),
        /** That of all where it is absent. */
        profileId: z.uuid("Choose a profile.").optional(),
      }),
    )
    .min(1, "Name at least one child.")
    .max(childrenAtOnce, `At most ${childrenAtOnce} at a time; bring more in as a batch.`),
  /** Of new ones that name no other. */
  profileId: z.uuid("Choose a profile."),
  /** New ones may send, and what they send is kept apart until somebody approves them. */
  quarantine: z.boolean().default(false),
  tags: createDeviceSchema.shape.tags,
});

export const childListSchema = z.object({
  deviceId: deviceRef,
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});
