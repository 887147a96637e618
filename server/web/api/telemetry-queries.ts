import { z } from "zod";
import { aggregates, telemetryLevels } from "#server/domain/telemetry-query.ts";
import type { Context } from "#server/services/context.ts";
import { queryEvents } from "#server/services/telemetry/events.ts";
import { latestOfDevices } from "#server/services/telemetry/latest-of-devices.ts";
import { queryTelemetry } from "#server/services/telemetry/query.ts";
import { resolveDevices, selectionFromWords } from "#server/services/telemetry/resolve-devices.ts";
import { queryStates } from "#server/services/telemetry/states.ts";
import { queryTracks } from "#server/services/telemetry/tracks.ts";
import { latestRoute, telemetryRoute } from "#server/web/api/telemetry.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";
import { parseQuestion } from "#server/web/parse-question.ts";

const tag = "Telemetry";
const epochMs = z.int();
const names = z.string().describe("A name, or several by commas");

/** Who is meant and when, of every question. */
const common = {
  devices: z
    .string()
    .describe("Own ids or UUIDs, by commas; without devices, group and query: every device")
    .optional(),
  group: z.uuid().describe("A dynamic group").optional(),
  query: z.string().describe("In the language of the fleet table").optional(),
  from: z.string().describe("ISO 8601, or epoch milliseconds"),
  to: z.string().describe("Not included; ISO 8601, or epoch milliseconds"),
};
const device = z.object({ id: z.uuid(), deviceId: z.string(), name: z.string() });
const told = z.object({ matching: z.int(), shown: z.int() });

/** A key that comes twice is a list. */
type Text = string | readonly string[];

type Words = {
  readonly devices?: Text;
  readonly group?: string;
  readonly query?: string;
  readonly from: string;
  readonly to: string;
};

function listOf(text: Text | undefined): string[] {
  return [text ?? []].flat().flatMap((part) => part.split(",").filter((name) => name !== ""));
}

/** The selection of a question, and what is left of it. */
async function selectFrom<T extends Pick<Words, "devices" | "group" | "query">>(
  ctx: Context,
  { devices, group, query, ...rest }: T,
) {
  const named = devices === undefined ? undefined : listOf(devices);
  return { ...rest, devices: await selectionFromWords(ctx, { devices: named, group, query }) };
}

type TelemetryWords = Words & {
  readonly q?: string;
  readonly metric: Text;
  readonly pixels?: number;
  readonly across?: "each" | "all" | "profile" | "tag";
  readonly aggregate?: (typeof aggregates)[number];
  readonly statistics?: string;
};

type QuestionOf<T extends (ctx: Context, input: never) => unknown> = Parameters<T>[1];

async function askTelemetry(ctx: Context, words: TelemetryWords) {
  if (words.q !== undefined) {
    return queryTelemetry(ctx, parseQuestion(words.q) as QuestionOf<typeof queryTelemetry>);
  }
  const { metric, statistics, q: _, ...rest } = words;
  return queryTelemetry(ctx, {
    ...(await selectFrom(ctx, rest)),
    metrics: listOf(metric),
    statistics: statistics === "true",
  });
}

export const queryTelemetryRoute = {
  method: "get",
  path: "/telemetry",
  tag,
  summary: "Read metrics of many devices over a range, reduced to the pixels of a chart",
  operation: askTelemetry,
  request: z.object({
    q: z
      .string()
      .describe("The whole question as JSON; without it metric, from and to are needed")
      .optional(),
    ...common,
    from: common.from.optional(),
    to: common.to.optional(),
    metric: names.optional(),
    pixels: z.int().min(1).max(4000).describe("Width of the chart").optional(),
    across: z
      .enum(["each", "all", "profile", "tag"])
      .describe("A line for each device, for all together, for each profile, for each tag")
      .optional(),
    aggregate: z.enum(aggregates).describe("What a bucket shows").optional(),
    statistics: z.enum(["true", "false"]).describe("Sum up each line as well").optional(),
  }),
  response: z.object({
    from: epochMs,
    to: epochMs,
    level: z.enum(telemetryLevels),
    bucketMs: z.int().describe("0 for single readings"),
    series: z.array(
      z.object({
        device: device.nullable(),
        group: z.string().nullable(),
        metric: z.string(),
        unit: z.string().nullable(),
        type: z.string(),
        points: z
          .array(z.tuple([epochMs, z.number(), z.number(), z.number(), z.int()]))
          .describe("Instant, value, least, greatest, readings"),
        gapMs: z.int(),
        statistics: z
          .object({
            count: z.int(),
            min: z.number(),
            max: z.number(),
            mean: z.number(),
            sum: z.number(),
            last: z.number(),
            lastAt: epochMs,
          })
          .optional(),
      }),
    ),
    devices: told,
    settling: z.boolean().describe("Readings of the newest minutes, or late ones, may be missing"),
    tookMs: z.number(),
  }),
} as const;

async function askLatest(
  ctx: Context,
  { devices, metric }: { readonly devices: Text; readonly metric?: Text },
) {
  const ids = await resolveDevices(ctx, { devices: listOf(devices) });
  return { devices: await latestOfDevices(ctx, { ids: [...ids], metrics: listOf(metric) }) };
}

export const latestOfDevicesRoute = {
  method: "get",
  path: "/telemetry/latest",
  tag,
  summary: "Read the newest values of up to 500 devices",
  operation: askLatest,
  request: z.object({
    devices: z.string().describe("Own ids or UUIDs, by commas"),
    metric: z.string().describe("A name, or several by commas; without it all").optional(),
  }),
  response: z.object({
    devices: z.array(
      z.object({
        id: z.uuid(),
        values: z.record(
          z.string(),
          z.object({
            value: z.union([z.number(), z.boolean(), z.string()]),
            at: epochMs,
            unit: z.string().nullable(),
          }),
        ),
      }),
    ),
  }),
} as const;

async function askStates(
  ctx: Context,
  { metric, ...words }: Words & { readonly metric: Text; readonly runs?: number },
) {
  return queryStates(ctx, { ...(await selectFrom(ctx, words)), metrics: listOf(metric) });
}

export const queryStatesRoute = {
  method: "get",
  path: "/telemetry/states",
  tag,
  summary: "Read values that hold until they change (text, switches, codes) as runs",
  operation: askStates,
  request: z.object({
    ...common,
    metric: names,
    runs: z.int().min(1).max(1000).describe("Of each line at most; the newest").optional(),
  }),
  response: z.object({
    series: z.array(
      z.object({
        device,
        metric: z.string(),
        unit: z.string().nullable(),
        runs: z
          .array(z.tuple([epochMs, epochMs, z.union([z.number(), z.boolean(), z.string()])]))
          .describe("From, to, value"),
        completeFrom: epochMs,
      }),
    ),
    devices: told,
  }),
} as const;

async function askEvents(ctx: Context, words: Words & { readonly limit?: number }) {
  return queryEvents(ctx, await selectFrom(ctx, words));
}

export const queryEventsRoute = {
  method: "get",
  path: "/telemetry/events",
  tag,
  summary: "Read events that devices sent, newest first",
  operation: askEvents,
  request: z.object({ ...common, limit: z.int().min(1).max(1000).optional() }),
  response: z.object({
    events: z.array(
      z.object({
        device,
        name: z.string(),
        at: epochMs,
        receivedAt: epochMs,
        text: z.string().describe("The beginning of the payload"),
      }),
    ),
    devices: told,
  }),
} as const;

type TrackWords = Words & {
  readonly points?: number;
  readonly latitude?: string;
  readonly longitude?: string;
};

async function askTracks(ctx: Context, words: TrackWords) {
  return queryTracks(ctx, await selectFrom(ctx, words));
}

export const queryTracksRoute = {
  method: "get",
  path: "/telemetry/tracks",
  tag,
  summary: "Read where devices were",
  operation: askTracks,
  request: z.object({
    ...common,
    points: z.int().min(2).max(5000).describe("Of each device at most").optional(),
    latitude: z.string().describe("Name of the metric, if it is no usual one").optional(),
    longitude: z.string().describe("Name of the metric, if it is no usual one").optional(),
  }),
  response: z.object({
    tracks: z.array(
      z.object({
        device,
        points: z.array(z.tuple([epochMs, z.number(), z.number()])),
      }),
    ),
    devices: told,
  }),
} as const;

/** What reads telemetry, in the order of the document. */
export const telemetryQueryRoutes: readonly AnyApiRoute[] = [
  telemetryRoute,
  latestRoute,
  queryTelemetryRoute,
  latestOfDevicesRoute,
  queryStatesRoute,
  queryEventsRoute,
  queryTracksRoute,
];
