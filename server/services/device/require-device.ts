import type { Tx } from "#server/db/client.ts";
import { findDevice, type DeviceDetailRow } from "#server/db/find-device.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Loads a device of the tenant by its own id or by UUID.
 * @throws ServiceError not_found
 */
export async function requireDevice(
  tx: Tx,
  at: { readonly tenantId: string; readonly reference: string; readonly now: Date },
): Promise<DeviceDetailRow> {
  const row = await findDevice(tx, at);
  if (row !== null) return row;
  throw new ServiceError("not_found", `There is no device “${at.reference}”.`, {
    remedy: "Check the id in the list of devices.",
  });
}
