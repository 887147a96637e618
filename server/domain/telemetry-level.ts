import { maxPointsInAnswer, type TelemetryLevel } from "#server/domain/telemetry-query.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Widths of buckets. Those of a minute and more are made of minutes, those of an hour and more of hours. */
const niceMs: readonly number[] = [
  ...multiples(1, [1, 2, 5, 10, 20, 50, 100, 200, 500]),
  ...multiples(1_000, [1, 2, 5, 10, 15, 30]),
  ...multiples(minuteMs, [1, 2, 5, 10, 15, 20, 30]),
  ...multiples(hourMs, [1, 2, 3, 6, 12]),
  ...multiples(dayMs, [1, 2, 7, 14, 28, 56, 112, 224, 448, 896]),
];

/** A picture is coarse with fewer buckets than one for so many pixels. */
const coarsePixels = 10;
/** So many rows are read for every pixel to have its own bucket; */
const cheapRows = 4_000;
/** and so many where the next level would draw coarsely. */
const mostRows = { raw: 50_000, minute: 150_000 } as const;
/** Beyond so many devices nobody counts their readings first. */
const maxCountedDevices = 200;

export type LevelQuestion = {
  readonly rangeMs: number;
  readonly pixels: number;
  /** Whose readings are read. */
  readonly devices: number;
  readonly metrics: number;
  /** Lines for each metric. */
  readonly lines: number;
};

export type ChosenLevel = {
  readonly level: TelemetryLevel;
  /** 0 for single readings. */
  readonly bucketMs: number;
};

/** What was counted of single readings, both up to a bound and one more. */
export type CountedReadings = {
  /** Of the device that has most. */
  readonly most: number;
  readonly all: number;
};

/** Of so many points nothing is left out for want of room, however many lines there are. */
const leastPoints = 2;

/** Single readings that a line may have: two for each pixel, and fewer where there are very many lines. */
export function readingsForLine(question: LevelQuestion): number {
  return Math.max(leastPoints, Math.min(2 * question.pixels, shareOf(question)));
}

/** Buckets that a line may have. One for each pixel: with its least and greatest it is two points. */
function bucketsForLine(question: LevelQuestion): number {
  return Math.max(leastPoints, Math.min(question.pixels, shareOf(question)));
}

function shareOf({ metrics, lines }: LevelQuestion): number {
  return Math.floor(maxPointsInAnswer / Math.max(1, metrics * lines));
}

/**
 * How far a device's readings are to be counted before the level is chosen; 0 when it does not
 * depend on them, because an hour is no wider than a pixel or there are too many devices.
 */
export function countReadingsUpTo(question: LevelQuestion): number {
  const { rangeMs, pixels, devices } = question;
  if (devices === 0 || devices > maxCountedDevices || rangeMs / pixels >= hourMs) return 0;
  const drawn = readingsForLine(question);
  if (wantedMs(question) >= minuteMs) return drawn;
  return Math.max(drawn, Math.ceil(rowsFor(question, "raw") / devices));
}

/**
 * The level that shows the range with few rows read and nothing lost that matters:
 * - single readings as they are, when no line has more of them than two for each pixel;
 * - else the coarsest level that fills the pixels, when that is cheap, or when the next level would
 *   have less than a bucket for every tenth pixel and reading is not too dear;
 * - else the next level.
 * Buckets are as wide as lines may have points, and lie on multiples of their width.
 * @param counted of the range, when {@link countReadingsUpTo} asked for it
 */
export function chooseLevel(
  question: LevelQuestion & { readonly across: boolean },
  counted: CountedReadings | undefined,
): ChosenLevel {
  const wanted = wantedMs(question);
  if (counted !== undefined && !question.across && isFew(question, counted)) {
    return { level: "raw", bucketMs: 0 };
  }
  const readings = counted?.all ?? Number.POSITIVE_INFINITY;
  if (wanted < minuteMs && readings <= rowsFor(question, "raw")) {
    return { level: "raw", bucketMs: bucketFor(wanted, 1) };
  }
  const minutes = (question.rangeMs / minuteMs) * question.devices;
  if (wanted < hourMs && minutes <= rowsFor(question, "minute")) {
    return { level: "minute", bucketMs: bucketFor(wanted, minuteMs) };
  }
  return { level: "hour", bucketMs: bucketFor(wanted, hourMs) };
}

/** Width of a bucket that fills the pixels. A range that begins within a bucket touches one more. */
function wantedMs(question: LevelQuestion): number {
  return question.rangeMs / (bucketsForLine(question) - 1);
}

/** Rows that may be read of a level: more where the next one would draw coarsely. */
function rowsFor({ rangeMs, pixels }: LevelQuestion, level: "raw" | "minute"): number {
  const nextMs = level === "raw" ? minuteMs : hourMs;
  return rangeMs / nextMs < pixels / coarsePixels ? mostRows[level] : cheapRows;
}

function isFew(question: LevelQuestion, { most, all }: CountedReadings): boolean {
  return most <= readingsForLine(question) && all * question.metrics <= maxPointsInAnswer;
}

/** The least nice width that is neither below `wanted` nor below the level's own. */
function bucketFor(wanted: number, levelMs: number): number {
  const found = niceMs.find((width) => width >= levelMs && width >= wanted);
  return found ?? Math.ceil(wanted / dayMs) * dayMs;
}

function multiples(unitMs: number, counts: readonly number[]): readonly number[] {
  return counts.map((count) => count * unitMs);
}
