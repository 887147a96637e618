import type { z } from "zod";
import { findDeviceOffer } from "#server/db/find-device-offer.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";
import { requireCapability } from "#server/services/mutation.ts";
import { defineQuery } from "#server/services/query.ts";
import { codeHash } from "#server/services/transfer/code-hash.ts";
import { guessCode, notACode } from "#server/services/transfer/guess.ts";
import { inspectOfferSchema } from "#server/services/transfer/schemas.ts";
import type { TransferKind } from "#server/domain/transfer-kind.ts";

/** What somebody would claim. */
export type InspectedOffer = {
  readonly kind: TransferKind;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  /** Name of the organisation that has it. */
  readonly from: string;
  /** It belongs to the caller's organisation already. */
  readonly isOwn: boolean;
  readonly expiresAt: string | null;
};

const find = defineQuery({
  name: "device.inspectOffer",
  can: "device.transfer",
  input: inspectOfferSchema,
  run: async ({ ctx, tx, input }): Promise<InspectedOffer> => {
    const offer = await findDeviceOffer(tx, codeHash(input.code));
    if (offer === undefined) throw notACode();
    const { kind, deviceId, serial, manufacturer, model } = offer;
    return {
      kind,
      deviceId,
      serial,
      manufacturer,
      model,
      name: offer.deviceName,
      from: offer.fromName,
      isOwn: offer.fromTenant === ctx.tenantId,
      expiresAt: offer.expiresAt?.toISOString() ?? null,
    };
  },
});

/**
 * Says what a code stands for, before it is claimed.
 * @throws ServiceError not_found (whatever is wrong with the code), rate_limited
 */
export async function inspectOffer(
  ctx: Context,
  input: z.input<typeof inspectOfferSchema>,
): Promise<InspectedOffer> {
  await requireCapability(ctx, find);
  // What cannot be a code at all is no guess.
  parseInput(inspectOfferSchema, input);
  return guessCode(ctx, () => find(ctx, input));
}
