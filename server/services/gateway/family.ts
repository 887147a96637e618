import { countChildren } from "#server/db/count-children.ts";
import type { Tx } from "#server/db/client.ts";
import { findDevice } from "#server/db/find-device.ts";
import { readChildPolicy, type ChildPolicy } from "#server/domain/child-policy.ts";
import type { Presence } from "#server/domain/presence.ts";

/** Where a device stands between gateways and children. */
export type DeviceFamily = {
  /** The gateway that it is behind. */
  readonly gateway: {
    readonly deviceId: string;
    readonly name: string;
    readonly presence: Presence;
  } | null;
  /** Devices behind it that are in service. */
  readonly childCount: number;
  readonly childrenByPresence: Readonly<Partial<Record<Presence, number>>>;
  /** Null where nobody said one, which refuses. */
  readonly childPolicy: ChildPolicy | null;
};

/** Reads it of a device that the caller has loaded. */
export async function familyOf(
  tx: Tx,
  at: { readonly tenantId: string; readonly deviceUuid: string; readonly now: Date },
): Promise<DeviceFamily> {
  const { tenantId, deviceUuid, now } = at;
  const { gatewayId, childPolicy } = await tx.device.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: deviceUuid } },
    select: { gatewayId: true, childPolicy: true },
  });
  const gateway =
    gatewayId === null ? null : await findDevice(tx, { tenantId, reference: gatewayId, now });
  const counts = await countChildren(tx, { tenantId, gatewayId: deviceUuid });
  return {
    gateway:
      gateway === null
        ? null
        : { deviceId: gateway.deviceId, name: gateway.name, presence: gateway.presence },
    childCount: counts.reduce((sum, { devices }) => sum + devices, 0),
    childrenByPresence: Object.fromEntries(counts.map((each) => [each.presence, each.devices])),
    childPolicy: childPolicy === null ? null : readChildPolicy(childPolicy),
  };
}
