import { z } from "zod";
import { maxMetricColumns } from "#server/domain/fleet-columns.ts";
import { fleetSorts } from "#server/domain/fleet-filter.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import { maxLiveDevices } from "#server/domain/live.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

export const deviceListSchema = z.object({
  filter: fleetFilterSchema.prefault({}),
  sort: z.enum(fleetSorts).default("name"),
  /** Given by the page before; opaque. */
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
  /** Whose newest values are wanted, by name. */
  metrics: z.array(z.string().min(1).max(64)).max(maxMetricColumns).default([]),
});

export const deviceCountSchema = z.object({ filter: fleetFilterSchema.prefault({}) });

export const deviceFacetsSchema = z.object({});

export const deviceShowSchema = z.object({ device: deviceRef });

export const deviceSearchSchema = z.object({
  text: z.string().trim().min(1).max(128),
  limit: z.number().int().min(1).max(20).default(8),
});

export const deviceAuditSchema = z.object({
  device: deviceRef,
  /** Sequence number: older events than this one. */
  before: z.coerce.bigint().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const deviceRefusalsSchema = z.object({
  device: deviceRef,
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const deviceTimelineSchema = z.object({
  device: deviceRef,
  /** ISO 8601: what happened before this instant. */
  before: z.coerce.date().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const deviceKeysSchema = z.object({
  devices: z
    .array(deviceRef)
    .max(maxLiveDevices, `names more than ${maxLiveDevices} devices: show fewer of them at once`),
});
