import { countRecentMessages } from "#server/db/count-recent-messages.ts";
import type { Reach } from "#server/domain/reach.ts";
import { deviceShowSchema } from "#server/services/device/query-schemas.ts";
import { reachOf } from "#server/services/device/reach.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

const dayMs = 86_400_000;
const bound = 100_000;

/** What stops when a device is kept out. */
export type BlastRadius = {
  readonly connected: boolean;
  /** Stored in the last 24 hours, counted up to 100 000. */
  readonly messagesLastDay: number;
  readonly usableCertificates: number;
  readonly passwords: number;
  /** Devices behind it that are in service. */
  readonly children: number;
  /** Groups and dashboards that hang on it. */
  readonly reach: Reach;
};

/** How far suspending or decommissioning a device reaches. */
export const deviceBlastRadius = defineQuery({
  name: "device.blastRadius",
  can: "fleet.view",
  input: deviceShowSchema,
  run: async ({ ctx, tx, input }): Promise<BlastRadius> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const device = await requireDevice(tx, { tenantId, reference: input.device, now });
    const ofDevice = { tenantId, deviceId: device.id };
    return {
      connected: device.connected,
      messagesLastDay: await countRecentMessages(tx, {
        deviceKey: device.key,
        since: new Date(now.getTime() - dayMs),
        bound,
      }),
      usableCertificates: await tx.certificate.count({
        where: {
          ...ofDevice,
          state: { in: ["issued", "active", "superseded"] },
          notAfter: { gt: now },
        },
      }),
      passwords: await tx.deviceCredential.count({ where: { ...ofDevice, revokedAt: null } }),
      children: await tx.device.count({
        where: { tenantId, gatewayId: device.id, state: { not: "decommissioned" } },
      }),
      reach: await reachOf(tx, ctx, {
        selection: { by: "devices", ids: [device.id] },
        sample: [device.id],
        profiles: [{ id: device.profileId, name: device.profileName }],
      }),
    };
  },
});
