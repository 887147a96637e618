import { z } from "zod";
import type { Context } from "#server/services/context.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { latestTelemetry } from "#server/services/telemetry/latest.ts";
import { telemetrySeries } from "#server/services/telemetry/series.ts";

const deviceId = deviceRef.describe("The device's own id, or our UUID");
const instantText = z.string().describe("ISO 8601, or epoch milliseconds");
const epochMs = z.int();
const tag = "Messages";

type SeriesQuery = {
  readonly deviceId: string;
  readonly metric: string | readonly string[];
  readonly from: string;
  readonly to: string;
  readonly points?: number;
};

async function readSeries(ctx: Context, { deviceId: device, metric, ...range }: SeriesQuery) {
  const metrics = [metric ?? []].flat().flatMap((names) => names.split(","));
  const series = await telemetrySeries(ctx, { ...range, device, metrics });
  return { series };
}

export const telemetryRoute = {
  method: "get",
  path: "/devices/{deviceId}/telemetry",
  tag,
  summary: "Read metrics of a device over a range; long ranges are summed up to `points`",
  operation: readSeries,
  request: z.object({
    deviceId,
    metric: z.string().describe("A name, or several by commas"),
    from: instantText,
    to: instantText.describe("Not included; ISO 8601, or epoch milliseconds"),
    points: z.int().min(2).max(2000).describe("Of each metric at most").optional(),
  }),
  response: z.object({
    series: z.array(
      z.object({
        metric: z.string(),
        unit: z.string().nullable(),
        points: z.array(z.tuple([epochMs, z.number()])),
        envelope: z.array(z.tuple([epochMs, z.number(), z.number()])),
      }),
    ),
  }),
} as const;

export const latestRoute = {
  method: "get",
  path: "/devices/{deviceId}/latest",
  tag,
  summary: "Read the newest value of each field of a device",
  operation: (ctx: Context, input: { readonly deviceId: string }) =>
    latestTelemetry(ctx, { device: input.deviceId }),
  request: z.object({ deviceId }),
  response: z.object({
    receivedAt: epochMs.nullable(),
    fields: z.array(
      z.object({
        name: z.string(),
        value: z.union([z.number(), z.boolean(), z.string()]),
        at: epochMs,
        unit: z.string().nullable(),
      }),
    ),
  }),
} as const;
