import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { findDeviceOffer, type DeviceOffer } from "#server/db/find-device-offer.ts";
import { lockAuditHead } from "#server/db/lock-audit-head.ts";
import { lockDevice } from "#server/db/lock-device.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { takeDeviceOffer, type TakenOffer } from "#server/db/take-device-offer.ts";
import { enterTenant } from "#server/db/tenant.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";
import { claimOwn } from "#server/services/transfer/claim-own.ts";
import { codeHash } from "#server/services/transfer/code-hash.ts";
import { guessCode, notACode } from "#server/services/transfer/guess.ts";
import { resealedKeys } from "#server/services/transfer/reseal.ts";
import { claimDeviceSchema } from "#server/services/transfer/schemas.ts";

/** A device that came to the caller's organisation, or that somebody there has in hand. */
export type DeviceClaimed = {
  readonly deviceId: string;
  readonly name: string;
  /** Name of the organisation that had it; null when it is one's own. */
  readonly from: string | null;
  /** Certificates and other credentials that go on working. */
  readonly credentials: number;
};

const take = defineMutation({
  name: "device.claim",
  can: "device.transfer",
  input: claimDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const offer = await findDeviceOffer(tx, codeHash(input.code));
    if (offer === undefined) throw notACode();
    const name = input.name === "" ? undefined : input.name;
    if (offer.fromTenant === ctx.tenantId) return claimOwn({ ctx, tx, offer, name });
    const profileId = await profileFor(ctx, tx, input.profileId);
    const taken = await move({ ctx, tx, offer, name, profileId, hash: codeHash(input.code) });
    const value: DeviceClaimed = {
      deviceId: offer.deviceId,
      name: name ?? offer.deviceName,
      from: offer.fromName,
      credentials: taken.certificates + taken.credentials,
    };
    const { certificates, credentials } = taken;
    return {
      value,
      audit: {
        target: deviceTarget(offer),
        payload: { kind: offer.kind, from: offer.fromName, certificates, credentials, profileId },
      },
      control: deviceChanged(ctx, { key: taken.deviceKey }),
    };
  },
});

/**
 * Takes a device over with its code, from another organisation or, when the code is printed on it,
 * from one's own. Of two who do so at once, one does.
 * @throws ServiceError not_found (whatever is wrong with the code), conflict, rate_limited
 */
export async function claimDevice(
  ctx: Context,
  input: z.input<typeof claimDeviceSchema>,
): Promise<DeviceClaimed> {
  await requireCapability(ctx, take);
  parseInput(claimDeviceSchema, input);
  return guessCode(ctx, () => take(ctx, input));
}

async function profileFor(ctx: Context, tx: Tx, wanted: string | undefined): Promise<string> {
  const profile = await tx.profile.findFirst({
    where: {
      tenantId: ctx.tenantId,
      ...(wanted === undefined ? { name: "generic" } : { id: wanted }),
    },
    select: { id: true },
  });
  if (profile !== null) return profile.id;
  throw new ServiceError("not_found", `There is no profile “${wanted ?? "generic"}”.`, {
    remedy: "Choose one of the list of profiles.",
    fields: [{ path: "profileId", message: "There is no such profile." }],
  });
}

/** Everything or nothing: one transaction stands in both organisations by turns, and ends in the caller's. */
async function move(at: {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly offer: DeviceOffer;
  readonly name: string | undefined;
  readonly profileId: string;
  readonly hash: Buffer;
}): Promise<TakenOffer> {
  const { ctx, tx, offer, name, profileId, hash } = at;
  const from = offer.fromTenant;
  await enterTenant(tx, from);
  await lockDevice(tx, offer.deviceUuid);
  await lockChains(tx, [from, ctx.tenantId]);
  await enterTenant(tx, from);
  const { deviceUuid } = offer;
  const sealed = await resealedKeys(tx, ctx, { from, to: ctx.tenantId, deviceUuid });
  await enterTenant(tx, ctx.tenantId);
  const by = actorName(ctx.actor);
  const taken = await takeDeviceOffer(tx, {
    codeHash: hash,
    profileId,
    name,
    by,
    at: ctx.now(),
    sealed,
  });
  if (taken === undefined) throw notACode();
  const { name: to } = await tx.tenant.findUniqueOrThrow({
    where: { id: ctx.tenantId },
    select: { name: true },
  });
  await recordWhereItWas(at, { taken, to });
  return taken;
}

/** Always in the same order, so that two organisations which give each other devices do not block each other. */
async function lockChains(tx: Tx, tenantIds: readonly string[]): Promise<void> {
  for (const tenantId of tenantIds.toSorted()) {
    await enterTenant(tx, tenantId);
    await lockAuditHead(tx, tenantId);
  }
}

/** Who in the other organisation did it is that organisation's affair. */
async function recordWhereItWas(
  { ctx, tx, offer }: { readonly ctx: Context; readonly tx: Tx; readonly offer: DeviceOffer },
  { taken, to }: { readonly taken: TakenOffer; readonly to: string },
): Promise<void> {
  const tenantId = offer.fromTenant;
  const { requestId } = ctx;
  await enterTenant(tx, tenantId);
  await appendAudit(
    tx,
    { tenantId, requestId, ip: undefined, actor: { type: "system", name: "transfer" } },
    {
      action: "device.transferred",
      target: deviceTarget(offer),
      payload: {
        offer: offer.offerId,
        to,
        leftAs: taken.leftAs,
        certificates: taken.certificates,
        credentials: taken.credentials,
      },
    },
  );
  await enterTenant(tx, ctx.tenantId);
  await notifyControl(tx, deviceChanged({ tenantId }, { key: offer.deviceKey }));
}
