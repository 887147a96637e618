import { z } from "zod";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import { maxChartDevices } from "#server/domain/telemetry-query.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

export const exploreChoicesSchema = z.object({
  /** Own ids or UUIDs. */
  devices: z
    .array(deviceRef)
    .max(maxChartDevices, `at most ${maxChartDevices} devices`)
    .default([]),
  /** Instead of devices by name. */
  selection: deviceSelectionSchema.optional(),
});
