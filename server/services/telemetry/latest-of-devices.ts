import { findDeviceKeys } from "#server/db/find-device-keys.ts";
import { findProfileUnits } from "#server/db/find-profile-units.ts";
import { readLatestValues } from "#server/db/read-latest-values.ts";
import type { DeviceLatest, LatestValue } from "#server/domain/telemetry-query.ts";
import { latestQuerySchema } from "#server/domain/telemetry-query-schema.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * Newest values of up to 500 devices, at most a second behind the store, in the order asked for. A
 * device that is not the tenant's, or that never sent anything, has none.
 */
export const latestOfDevices = defineQuery({
  name: "telemetry.latestOfDevices",
  can: "telemetry.view",
  input: latestQuerySchema,
  run: async ({ ctx, tx, input }): Promise<readonly DeviceLatest[]> => {
    const { tenantId } = ctx;
    const ids = [...new Set(input.ids.map((id) => id.toLowerCase()))];
    const devices = await findDeviceKeys(tx, { tenantId, references: ids });
    const deviceKeys = devices.map(({ key }) => key);
    const rows = await readLatestValues(tx, { deviceKeys, metrics: input.metrics });
    const names = new Set(rows.flatMap(({ fields }) => Object.keys(fields)));
    const profileIds = devices.map(({ profileId }) => profileId);
    const unitOf = await findProfileUnits(tx, { tenantId, profileIds, names: [...names] });
    const byKey = new Map(rows.map(({ deviceKey, fields }) => [deviceKey, fields]));
    const byId = new Map(devices.map((device) => [device.id, device]));
    return ids.map((id) => {
      const device = byId.get(id);
      if (device === undefined) return { id, values: {} };
      const fields = Object.entries(byKey.get(device.key) ?? {});
      return {
        id,
        values: Object.fromEntries(
          fields.map(([name, { v, t }]): [string, LatestValue] => [
            name,
            { value: v, at: t, unit: unitOf(device.profileId, name) },
          ]),
        ),
      };
    });
  },
});
