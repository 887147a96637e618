import type { Tx } from "#server/db/client.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

/** What a change needs to know of the device that it changes. */
export type LockedDevice = {
  readonly id: string;
  readonly key: bigint;
  readonly deviceId: string;
  readonly name: string;
  readonly profileId: string;
  readonly state: DeviceState;
};

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Finds a device of the tenant by its own id or by UUID (its own id wins) and locks it until the
 * transaction ends, so that changes of one device follow each other.
 */
export async function lockDevice(tx: Tx, reference: string): Promise<LockedDevice | undefined> {
  const uuid = uuidText.test(reference) ? reference : null;
  const rows = await tx.$queryRaw<LockedDevice[]>`
    SELECT id, key, device_id AS "deviceId", name, profile_id AS "profileId", state::text AS state
    FROM device WHERE device_id = ${reference} OR id = ${uuid}::uuid
    ORDER BY device_id = ${reference} DESC LIMIT 1 FOR NO KEY UPDATE`;
  return rows[0];
}
