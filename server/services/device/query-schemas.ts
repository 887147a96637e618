import { z } from "zod";
import { fleetFilterSchema, fleetSorts } from "#server/domain/fleet-filter.ts";

/** How callers name a device: its own id or our UUID. */
export const deviceReferenceSchema = z
  .string()
  .min(1, "names no device")
  .max(128, "must have at most 128 characters");

export const deviceListSchema = z.object({
  filter: fleetFilterSchema.prefault({}),
  sort: z.enum(fleetSorts).default("name"),
  /** Given by the page before; opaque. */
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});

export const deviceFacetsSchema = z.object({});

export const deviceShowSchema = z.object({ device: deviceReferenceSchema });

export const deviceSearchSchema = z.object({
  text: z.string().trim().min(1).max(128),
  limit: z.number().int().min(1).max(20).default(8),
});

export const deviceAuditSchema = z.object({
  device: deviceReferenceSchema,
  /** Sequence number: older events than this one. */
  before: z.coerce.bigint().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const deviceRefusalsSchema = z.object({
  device: deviceReferenceSchema,
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const deviceKeysSchema = z.object({
  devices: z.array(deviceReferenceSchema).max(100, "at most 100 devices at a time"),
});
