import { z } from "zod";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import {
  aggregates,
  maxMetrics,
  maxPixels,
  maxStateMetrics,
} from "#server/domain/telemetry-query.ts";

const maxRuns = 1_000;
const maxEvents = 1_000;
const maxLatestDevices = 500;

/** Clocks in 1970 and in 2099 lie within; nothing that a device means lies outside. */
const earliestMs = Date.UTC(1900, 0, 1);
const latestMs = Date.UTC(2200, 0, 1);

/** Epoch milliseconds or ISO 8601, as a form, an address bar or a program writes it. */
export const telemetryInstant = z
  .preprocess(
    (value) => (typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
    z.coerce.date("is no time: give ISO 8601, or epoch milliseconds"),
  )
  .refine((at) => at.getTime() >= earliestMs && at.getTime() <= latestMs, {
    error: "must lie between the years 1900 and 2200",
    abort: true,
  });

/** A field's name as devices send it. */
export const metricName = z.string().min(1, "Which metric?").max(128, "This is no metric's name.");

const range = { from: telemetryInstant, /** Not included. */ to: telemetryInstant };
const isAhead = { path: ["to"], error: "must be after from" };
const fromBeforeTo = ({ from, to }: { readonly from: Date; readonly to: Date }): boolean =>
  from < to;

/** A question about telemetry over time. */
export const telemetryQuerySchema = z
  .object({
    devices: deviceSelectionSchema,
    metrics: z
      .array(metricName)
      .min(1, "Choose at least one metric.")
      .max(maxMetrics, `at most ${maxMetrics} metrics`),
    ...range,
    /** Width of the chart: a line has at most two points for each pixel. */
    pixels: z.coerce.number().int().min(1).max(maxPixels).default(1_000),
    /** A line for each device, or one for each group: all of them, each profile, each tag. */
    across: z.enum(["each", "all", "profile", "tag"]).default("each"),
    /**
     * What a bucket shows. Where devices are brought together, all their readings of the bucket
     * count alike: the mean is that of the readings, the sum is the sum of the readings.
     */
    aggregate: z.enum(aggregates).default("mean"),
    /** Sums up every line over the whole range as well. */
    statistics: z.boolean().optional(),
  })
  .refine(fromBeforeTo, isAhead);
/** A question about values that hold until they change: text, switches, codes. */
export const stateQuerySchema = z
  .object({
    devices: deviceSelectionSchema,
    metrics: z
      .array(metricName)
      .min(1, "Choose at least one metric.")
      .max(maxStateMetrics, `at most ${maxStateMetrics} metrics`),
    ...range,
    /** Runs for each device and metric; of more, the newest. */
    runs: z.coerce.number().int().min(1).max(maxRuns).default(200),
  })
  .refine(fromBeforeTo, isAhead);
/** Events that devices sent in a range. */
export const eventQuerySchema = z
  .object({
    devices: deviceSelectionSchema,
    ...range,
    /** Newest first. */
    limit: z.coerce.number().int().min(1).max(maxEvents).default(200),
  })
  .refine(fromBeforeTo, isAhead);

/** Where devices were. */
export const trackQuerySchema = z
  .object({
    devices: deviceSelectionSchema,
    ...range,
    /** Of each device; more positions are thinned out evenly in time. */
    points: z.coerce.number().int().min(2).max(5_000).default(1_000),
    /** Names of the two metrics; by default the usual ones. */
    latitude: metricName.optional(),
    longitude: metricName.optional(),
  })
  .refine(fromBeforeTo, isAhead)
  .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
    path: ["longitude"],
    error: "Name both, latitude and longitude, or neither.",
  });
/** Newest values of several devices. */
export const latestQuerySchema = z.object({
  /** UUIDs. */
  ids: z.array(z.uuid()).max(maxLatestDevices, `at most ${maxLatestDevices} devices`),
  /** Empty for every metric of each device. */
  metrics: z.array(metricName).max(maxMetrics, `at most ${maxMetrics} metrics`).default([]),
});
