import { z } from "zod";
import { askRenewal } from "#server/services/certificate/ask-renewal.ts";
import type { Context } from "#server/services/context.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";

const askRenewalsSchema = z.object({
  deviceIds: z.array(deviceRef).min(1, "Choose a device.").max(500, "At most 500 at a time."),
});

export type RenewalsAsked = {
  readonly asked: number;
  /** Who could not be asked, and why. */
  readonly refused: readonly { readonly deviceId: string; readonly message: string }[];
};

/**
 * Asks some devices to renew, each by itself: one that cannot be asked keeps nobody else from it.
 * @throws ServiceError forbidden, invalid
 */
export async function askRenewals(
  ctx: Context,
  input: z.input<typeof askRenewalsSchema>,
): Promise<RenewalsAsked> {
  const { deviceIds } = parseInput(askRenewalsSchema, input);
  const refused: { deviceId: string; message: string }[] = [];
  for (const deviceId of new Set(deviceIds)) {
    try {
      await askRenewal(ctx, { deviceId });
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === "forbidden") throw error;
      refused.push({ deviceId, message: error.message });
    }
  }
  return { asked: new Set(deviceIds).size - refused.length, refused };
}
