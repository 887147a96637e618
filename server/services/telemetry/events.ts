import { findChartDevices } from "#server/db/find-chart-devices.ts";
import { readDeviceEvents } from "#server/db/read-device-events.ts";
import { maxChartDevices, type DeviceEvent } from "#server/domain/telemetry-query.ts";
import { eventQuerySchema } from "#server/domain/telemetry-query-schema.ts";
import { defineQuery } from "#server/services/query.ts";
import { bounded } from "#server/services/telemetry/bounded.ts";

export type EventAnswer = {
  /** Newest first. */
  readonly events: readonly DeviceEvent[];
  readonly devices: { readonly matching: number; readonly shown: number };
};

/** As many bytes as a list shows characters: what is cut off is not missed. */
const shownBytes = 1_024;
const shownCharacters = 256;
const prefix = "event/";

/**
 * Events that devices sent, by the time that the devices gave them.
 * @throws ServiceError invalid also when the range takes longer to read than anybody waits
 */
export const queryEvents = defineQuery({
  name: "telemetry.events",
  can: "telemetry.view",
  input: eventQuerySchema,
  run: async ({ ctx, tx, input }): Promise<EventAnswer> =>
    bounded({ ctx, tx }, async () => {
      const { tenantId } = ctx;
      const at = { tenantId, now: ctx.now(), limit: maxChartDevices };
      const { matching, devices } = await findChartDevices(tx, input.devices, at);
      const byKey = new Map(devices.map((device) => [device.key, device]));
      const rows = await readDeviceEvents(tx, {
        deviceKeys: [...byKey.keys()],
        from: input.from.getTime(),
        to: input.to.getTime(),
        limit: input.limit,
        shownBytes,
      });
      return {
        events: rows.flatMap(({ deviceKey, ts, receivedAt, channel, payload }) => {
          const device = byKey.get(deviceKey);
          if (device === undefined) return [];
          const { id, deviceId, name } = device;
          const text = Buffer.from(payload).toString("utf8").slice(0, shownCharacters);
          return {
            device: { id, deviceId, name },
            name: channel.slice(prefix.length),
            at: ts.getTime(),
            receivedAt: receivedAt.getTime(),
            text: text.toWellFormed(),
          };
        }),
        devices: { matching, shown: devices.length },
      };
    }),
});
