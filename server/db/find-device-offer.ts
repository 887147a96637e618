import type { Tx } from "#server/db/client.ts";

/** A device that somebody offers, and who does. */
export type DeviceOffer = {
  readonly offerId: string;
  readonly fromTenant: string;
  readonly fromName: string;
  readonly deviceUuid: string;
  readonly deviceKey: bigint;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly kind: "claim" | "transfer";
  readonly expiresAt: Date | null;
};

/**
 * What a code stands for, whosever it is; locked until the transaction ends.
 * @param codeHash SHA-256 of the code
 */
export async function findDeviceOffer(tx: Tx, codeHash: Buffer): Promise<DeviceOffer | undefined> {
  const rows = await tx.$queryRaw<DeviceOffer[]>`
    SELECT offer_id AS "offerId", from_tenant AS "fromTenant", from_name AS "fromName",
      device_uuid AS "deviceUuid", device_key AS "deviceKey", device_id AS "deviceId",
      device_name AS "deviceName", serial, manufacturer, model, kind, expires_at AS "expiresAt"
    FROM find_device_offer(${codeHash})`;
  return rows[0];
}
