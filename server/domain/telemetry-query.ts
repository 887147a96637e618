import type { z } from "zod";
import type {
  stateQuerySchema,
  telemetryQuerySchema,
  trackQuerySchema,
} from "#server/domain/telemetry-query-schema.ts";

/** What one answer draws at most. */
export const maxMetrics = 20;
export const maxChartDevices = 50;
export const maxSeriesInAnswer = 100;
export const maxPixels = 4_000;
/** All lines of an answer together; many lines have fewer points each. */
export const maxPointsInAnswer = 60_000;

/** Where an answer's numbers come from: single readings, or readings rolled up. */
export const telemetryLevels = ["raw", "minute", "hour"] as const;
export type TelemetryLevel = (typeof telemetryLevels)[number];

/** How the readings of a bucket, of one device or of several, become one number. */
export const aggregates = ["mean", "min", "max", "sum", "count", "last"] as const;
export type Aggregate = (typeof aggregates)[number];

/** A question about telemetry over time. */
export type TelemetryQuery = z.output<typeof telemetryQuerySchema>;

/** A device as answers name it. */
export type NamedDevice = { readonly id: string; readonly deviceId: string; readonly name: string };

/** Instant in epoch milliseconds, value, least, greatest, readings. */
export type TelemetryPoint = readonly [
  t: number,
  value: number,
  min: number,
  max: number,
  count: number,
];

/**
 * A line summed up: over the buckets that the range touches, so a little more than the range where
 * it cuts through buckets. Percentiles and deviations would need every reading and are not given.
 */
export type SeriesStatistics = {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sum: number;
  /** The newest reading and its time. */
  readonly last: number;
  readonly lastAt: number;
};

/** A line. Instants are epoch milliseconds. */
export type TelemetrySeries = {
  /** Null where devices are brought together. */
  readonly device: NamedDevice | null;
  /** The profile's name or the tag, where `across` says so; else null. */
  readonly group: string | null;
  readonly metric: string;
  /** UCUM; null without one, and where versions in the range have different ones. */
  readonly unit: string | null;
  /** Of the schema's field; "number" where versions differ. Of "string" there are no points: see states. */
  readonly type: string;
  /** Of a single reading least = greatest = value. Ascending; at most one a bucket, at its start. */
  readonly points: readonly TelemetryPoint[];
  /** Where two points lie further apart than this, the line is broken; milliseconds. */
  readonly gapMs: number;
  /** Where the question asked for it and there are readings. */
  readonly statistics?: SeriesStatistics;
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
  /** Rollups were taken as they are: readings of the newest minutes, or late ones, may be missing. */
  readonly settling: boolean;
  readonly tookMs: number;
};

export const maxStateMetrics = 10;

/** A question about values that hold until they change: text, switches, codes. */
export type StateQuery = z.output<typeof stateQuerySchema>;

/** From its first reading to the first of the next run, or to the newest reading of the range. */
export type StateRun = readonly [from: number, to: number, value: number | boolean | string];

export type StateSeries = {
  readonly device: NamedDevice;
  readonly metric: string;
  readonly unit: string | null;
  readonly runs: readonly StateRun[];
  /** The runs are complete from here on; the range's start unless there were too many. */
  readonly completeFrom: number;
};

export type StateAnswer = {
  readonly series: readonly StateSeries[];
  readonly devices: { readonly matching: number; readonly shown: number };
};

export type DeviceEvent = {
  readonly device: NamedDevice;
  /** The event's own name. */
  readonly name: string;
  /** By the device's clock. */
  readonly at: number;
  readonly receivedAt: number;
  /** The beginning of the payload. */
  readonly text: string;
};

/** Where devices were. */
export type TrackQuery = z.output<typeof trackQuerySchema>;

export type Track = {
  readonly device: NamedDevice;
  /** Ascending. */
  readonly points: readonly (readonly [t: number, latitude: number, longitude: number])[];
};

export type LatestValue = {
  readonly value: number | boolean | string;
  /** By the device's clock; epoch milliseconds. */
  readonly at: number;
  readonly unit: string | null;
};

export type DeviceLatest = {
  readonly id: string;
  /** By metric; what a device never sent is not there. */
  readonly values: Readonly<Record<string, LatestValue>>;
};
