import { randomBytes } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import {
  normaliseTransferCode,
  transferCodeBytes,
  transferCodeOf,
} from "#server/domain/transfer-code.ts";
import { actorName } from "#server/services/context.ts";
import { deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { codeHash } from "#server/services/transfer/code-hash.ts";
import { offerDeviceSchema } from "#server/services/transfer/schemas.ts";
import { defaultOfferDays, type TransferKind } from "#server/domain/transfer-kind.ts";

/** An offer with its code, which is in this answer and nowhere else. */
export type DeviceOffered = {
  readonly offerId: string;
  readonly deviceId: string;
  readonly kind: TransferKind;
  readonly code: string;
  readonly expiresAt: string;
};

const dayMs = 86_400_000;
const mostOpen = 10;

/**
 * Offers a device to whoever presents the code: another organisation, or the one who has it in hand.
 * @throws ServiceError not_found, conflict (not in service, a gateway, behind one, too many offers)
 */
export const offerDevice = defineMutation({
  name: "device.offer",
  can: "device.transfer",
  input: offerDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const { kind, days = defaultOfferDays[input.kind] } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    await requireAlone(tx, device);
    const now = ctx.now();
    await requireFewOpen(tx, device, now);
    const code = transferCodeOf(randomBytes(transferCodeBytes));
    const expiresAt = new Date(now.getTime() + days * dayMs);
    const { id } = await tx.deviceTransfer.create({
      data: {
        tenantId: ctx.tenantId,
        deviceUuid: device.id,
        deviceId: device.deviceId,
        kind,
        codeHash: new Uint8Array(codeHash(normaliseTransferCode(code) ?? "")),
        expiresAt,
        createdAt: now,
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const value: DeviceOffered = {
      offerId: id,
      deviceId: device.deviceId,
      kind,
      code,
      expiresAt: expiresAt.toISOString(),
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { offer: id, kind, expiresAt: value.expiresAt },
      },
    };
  },
});

/** What hangs together with other devices cannot go alone. */
async function requireAlone(tx: Tx, device: LockedDevice): Promise<void> {
  if (device.state !== "active") {
    throw new ServiceError("conflict", `${device.deviceId} is ${device.state}.`, {
      remedy: "Only a device in service can be offered: resume or approve it first.",
    });
  }
  const { gateway, _count } = await tx.device.findFirstOrThrow({
    where: { id: device.id },
    select: { gateway: { select: { deviceId: true } }, _count: { select: { children: true } } },
  });
  if (gateway !== null) {
    throw new ServiceError("conflict", `${device.deviceId} is behind ${gateway.deviceId}.`, {
      remedy: "Detach it from its gateway first.",
    });
  }
  if (_count.children === 0) return;
  throw new ServiceError(
    "conflict",
    `${device.deviceId} is a gateway with ${_count.children} children.`,
    { remedy: "Detach its children first; they can be offered one by one." },
  );
}

async function requireFewOpen(tx: Tx, device: LockedDevice, now: Date): Promise<void> {
  const open = await tx.deviceTransfer.count({
    where: { deviceUuid: device.id, state: "offered", expiresAt: { gt: now } },
  });
  if (open < mostOpen) return;
  throw new ServiceError("conflict", `${device.deviceId} has ${open} open offers already.`, {
    remedy: "Withdraw those that are not needed.",
  });
}
