import { KeyMissing, SealBroken } from "#server/crypto/envelope.ts";
import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Keys of a device sealed anew for another organisation: a seal holds at its place alone. The
 * transaction stands in the organisation that has the device.
 * @throws ServiceError unavailable when a key cannot be opened here
 */
export async function resealedKeys(
  tx: Tx,
  ctx: Context,
  at: { readonly from: string; readonly to: string; readonly deviceUuid: string },
): Promise<readonly { readonly id: string; readonly key: Uint8Array }[]> {
  const rows = await tx.deviceCredential.findMany({
    where: {
      tenantId: at.from,
      deviceId: at.deviceUuid,
      revokedAt: null,
      sealedKey: { not: null },
    },
    select: { id: true, sealedKey: true },
  });
  const place = (tenantId: string, id: string) => {
    return { table: "device_credential", column: "sealed_key", tenantId, id };
  };
  return rows.flatMap(({ id, sealedKey }) => {
    if (sealedKey === null) return [];
    const key = opened(() => ctx.keyring.open(place(at.from, id), sealedKey));
    return [{ id, key: ctx.keyring.seal(place(at.to, id), key) }];
  });
}

function opened(open: () => Buffer): Buffer {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof KeyMissing) && !(error instanceof SealBroken)) throw error;
    throw new ServiceError("unavailable", "A key of the device cannot be opened here.", {
      remedy: "Let the organisation that has the device revoke that key, then try again.",
    });
  }
}
