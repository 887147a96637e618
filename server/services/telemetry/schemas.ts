import { z } from "zod";
import { maxMetrics } from "#server/domain/telemetry-query.ts";
import { metricName, telemetryInstant } from "#server/domain/telemetry-query-schema.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

export const seriesSchema = z
  .object({
    device: deviceRef,
    metrics: z
      .array(metricName)
      .min(1, "Which metric?")
      .max(maxMetrics, `At most ${maxMetrics} metrics at a time.`),
    from: telemetryInstant,
    /** Not included. */
    to: telemetryInstant,
    /** Of each metric at most; more readings than that are summed up. */
    points: z.coerce.number().int().min(2).max(2000, "must be at most 2000").default(500),
  })
  .refine(({ from, to }) => from < to, { error: "must be before to", path: ["from"] });

export const latestSchema = z.object({ device: deviceRef });

export const messagesSchema = z.object({
  device: deviceRef,
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});
