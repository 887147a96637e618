import { z } from "zod";
import { findDeviceKeys } from "#server/db/find-device-keys.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import type { Context } from "#server/services/context.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * UUIDs of devices that are named by their own ids or by UUID, in the order given.
 * @throws ServiceError not_found with the first that is not there
 */
export const resolveDevices = defineQuery({
  name: "telemetry.devices",
  can: "telemetry.view",
  input: z.object({
    devices: z.array(deviceRef).min(1, "Which devices?").max(1_000, "at most 1000 devices by name"),
  }),
  run: async ({ ctx, tx, input }): Promise<readonly string[]> => {
    const rows = await findDeviceKeys(tx, { tenantId: ctx.tenantId, references: input.devices });
    return input.devices.map((reference) => {
      const lower = reference.toLowerCase();
      const row =
        rows.find(({ deviceId }) => deviceId === reference) ?? rows.find(({ id }) => id === lower);
      if (row !== undefined) return row.id;
      throw new ServiceError("not_found", `There is no device “${reference}”.`, {
        remedy: "Check the id in the list of devices.",
      });
    });
  },
});

/** How an address or a command line says which devices it means. */
export type DevicesInWords = {
  /** Own ids or UUIDs. */
  readonly devices?: readonly string[] | undefined;
  /** UUID of a group. */
  readonly group?: string | undefined;
  /** In the language of the fleet table. */
  readonly query?: string | undefined;
};

/**
 * A selection from words; without any, every device.
 * @throws ServiceError invalid when there are two kinds of them, not_found
 */
export async function selectionFromWords(
  ctx: Context,
  { devices, group, query }: DevicesInWords,
): Promise<DeviceSelection> {
  if ([devices, group, query].filter((words) => words !== undefined).length > 1) {
    throw new ServiceError("invalid", "Name devices, a group or a query: one of them.");
  }
  if (devices !== undefined) {
    const ids = await resolveDevices(ctx, { devices: [...devices] });
    return { by: "devices", ids: [...ids] };
  }
  if (group !== undefined) return { by: "group", groupId: group };
  const parsed = fleetFilterSchema.safeParse({ query: query ?? "" });
  if (parsed.success) return { by: "filter", filter: parsed.data };
  throw new ServiceError("invalid", `query: ${parsed.error.issues[0]?.message ?? "does not fit"}`);
}
