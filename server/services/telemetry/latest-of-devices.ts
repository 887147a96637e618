import { findDeviceKeys } from "#server/db/find-device-keys.ts";
import { findMetricFields } from "#server/db/find-metric-fields.ts";
import { readLatestValues } from "#server/db/read-latest-values.ts";
import {
  latestQuerySchema,
  type DeviceLatest,
  type LatestValue,
} from "#server/domain/telemetry-query.ts";
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
    const known = await findMetricFields(tx, { tenantId, names: [...names] });
    // Newest version first: the last one that is set wins.
    const units = new Map(known.toReversed().map(({ name, unit }) => [name, unit]));
    const byKey = new Map(rows.map(({ deviceKey, fields }) => [deviceKey, fields]));
    const byId = new Map(devices.map(({ id, key }) => [id, byKey.get(key)]));
    return ids.map((id) => ({
      id,
      values: Object.fromEntries(
        Object.entries(byId.get(id) ?? {}).map(([name, { v, t }]): [string, LatestValue] => [
          name,
          { value: v, at: t, unit: units.get(name) ?? null },
        ]),
      ),
    }));
  },
});
