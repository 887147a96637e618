import { findDeviceKeys } from "#server/db/find-device-keys.ts";
import { deviceKeysSchema } from "#server/services/device/query-schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type DeviceKey = {
  /** Decimal, as the live bus and telemetry name the device. */
  readonly key: string;
  readonly id: string;
  readonly deviceId: string;
};

/** The caller's devices among those named; others are left out, so that a name tells nothing. */
export const deviceKeys = defineQuery({
  name: "device.keys",
  can: "telemetry.view",
  input: deviceKeysSchema,
  run: async ({ ctx, tx, input }): Promise<readonly DeviceKey[]> => {
    if (input.devices.length === 0) return [];
    const rows = await findDeviceKeys(tx, { tenantId: ctx.tenantId, references: input.devices });
    return rows.map((row) => ({ ...row, key: String(row.key) }));
  },
});
