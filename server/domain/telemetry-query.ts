import { z } from "zod";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";

/** What one answer draws at most. */
export const maxMetrics = 20;
export const maxChartDevices = 50;
export const maxSeriesInAnswer = 100;
export const maxPixels = 4_000;

/** Where an answer's numbers come from: single readings, or readings rolled up. */
export const telemetryLevels = ["raw", "minute", "hour"] as const;
export type TelemetryLevel = (typeof telemetryLevels)[number];

/** How the readings of several devices, or of one bucket, become one number. */
export const aggregates = ["mean", "min", "max", "sum", "count", "last"] as const;
export type Aggregate = (typeof aggregates)[number];

const instant = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date(),
);

/** A question about telemetry over time. */
export const telemetryQuerySchema = z
  .object({
    devices: deviceSelectionSchema,
    metrics: z
      .array(z.string().min(1).max(128))
      .min(1, "Choose at least one metric.")
      .max(maxMetrics, `at most ${maxMetrics} metrics`),
    from: instant,
    to: instant,
    /** Width of the chart: an answer has at most two points for each pixel. */
    pixels: z.coerce.number().int().min(10).max(maxPixels).default(1_000),
    /** A line for each device, or one for each group. */
    across: z.enum(["each", "all", "profile", "tag"]).default("each"),
    /** What a bucket shows; and how devices are brought together where `across` is not "each". */
    aggregate: z.enum(aggregates).default("mean"),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from" });
export type TelemetryQuery = z.output<typeof telemetryQuerySchema>;

/** A line. Instants are epoch milliseconds. */
export type TelemetrySeries = {
  /** Null where devices are brought together. */
  readonly device: { readonly id: string; readonly deviceId: string; readonly name: string } | null;
  /** The profile's name or the tag, where `across` says so; else null. */
  readonly group: string | null;
  readonly metric: string;
  readonly unit: string | null;
  /** Of the schema's field; "number" where versions differ. */
  readonly type: string;
  /** [instant, value, least, greatest, readings]: of a single reading least = greatest = value. Ascending. */
  readonly points: readonly (readonly [
    t: number,
    value: number,
    min: number,
    max: number,
    count: number,
  ])[];
  /** Where two points lie further apart than this, the line is broken; milliseconds. */
  readonly gapMs: number;
};

export type TelemetryAnswer = {
  readonly from: number;
  readonly to: number;
  readonly level: TelemetryLevel;
  /** Width of a bucket in milliseconds; 0 for single readings. */
  readonly bucketMs: number;
  readonly series: readonly TelemetrySeries[];
  /** Devices that match, and how many of them are in the answer. */
  readonly devices: { readonly matching: number; readonly shown: number };
  readonly tookMs: number;
};
