import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * Whether the organisation has a device of this id already. Ids are unique in the installation, but
 * nobody learns of another organisation's before trying to register.
 */
export const isDeviceIdTaken = defineQuery({
  name: "device.idTaken",
  can: "fleet.view",
  input: z.object({ deviceId: deviceRef }),
  run: async ({ ctx, tx, input }): Promise<{ readonly taken: boolean }> => {
    const { tenantId } = ctx;
    const count = await tx.device.count({ where: { tenantId, deviceId: input.deviceId } });
    return { taken: count > 0 };
  },
});
