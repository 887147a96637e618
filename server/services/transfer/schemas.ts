import { z } from "zod";
import { normaliseTransferCode } from "#server/domain/transfer-code.ts";
import { transferKinds } from "#server/domain/transfer-kind.ts";
import { createDeviceSchema, deviceRef } from "#server/services/device/schemas.ts";

export const offerDeviceSchema = z.object({
  deviceId: deviceRef,
  kind: z.enum(transferKinds, "Choose claim or transfer."),
  days: z.coerce
    .number("Say for how many days.")
    .int("Whole days.")
    .min(1, "At least 1 day.")
    .max(3_650, "At most 3 650 days.")
    .optional(),
});

export const offerListSchema = z.object({ deviceId: deviceRef });

export const withdrawOfferSchema = z.object({
  deviceId: deviceRef,
  offerId: z.uuid("This is no offer's id."),
});

const code = z
  .string()
  .max(200, "A code has 32 letters and digits.")
  .transform((typed, at) => {
    const plain = normaliseTransferCode(typed);
    if (plain !== undefined) return plain;
    at.addIssue({
      code: "custom",
      message: "A code has 32 letters and digits, in groups of four.",
    });
    return z.NEVER;
  });

export const inspectOfferSchema = z.object({ code });

export const claimDeviceSchema = z.object({
  code,
  /** UUID; the open profile "generic" when absent. */
  profileId: z.uuid("Choose a profile.").optional(),
  /** The name that it had when absent or empty. */
  name: z.union([z.literal(""), createDeviceSchema.shape.name]).optional(),
});
