import { z } from "zod";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";

/** Devices that somebody means: some by name, those that match a filter, or a group's. */
export const deviceSelectionSchema = z.discriminatedUnion("by", [
  z.object({
    by: z.literal("devices"),
    /** UUIDs. */
    ids: z
      .array(z.uuid())
      .min(1, "Choose at least one device.")
      .max(1_000, "at most 1000 devices by name"),
  }),
  z.object({ by: z.literal("filter"), filter: fleetFilterSchema }),
  z.object({ by: z.literal("group"), groupId: z.uuid() }),
]);
export type DeviceSelection = z.output<typeof deviceSelectionSchema>;
