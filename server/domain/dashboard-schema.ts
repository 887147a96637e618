import { z } from "zod";
import { severities } from "#server/domain/alert.ts";
import {
  gridColumns,
  isVariableValue,
  maxContentCharacters,
  maxGridRows,
  maxVariables,
  maxVariableValues,
  maxWidgets,
  rangeKeys,
  refreshSeconds,
  variableKinds,
} from "#server/domain/dashboard.ts";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import { aggregates, maxMetrics } from "#server/domain/telemetry-query.ts";

const epochMs = z.int().min(0).max(8_640_000_000_000_000);

/** What a dashboard shows the time of: up to now, or between two instants (epoch milliseconds). */
export const dashboardRangeSchema = z.union([
  z.object({ last: z.enum(rangeKeys) }),
  z
    .object({ from: epochMs, to: epochMs })
    .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from" }),
]);
const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text.");

const metricName = z.string().min(1, "Name the metric.").max(128, "At most 128 characters.");

const variableName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,30}$/, "Use small letters, digits and underscores, at most 31.");

/** Something that is chosen while one looks. Values are UUIDs, of a metric its name; none means all. */
export const variableSchema = z
  .object({
    name: variableName,
    label: line(60).default(""),
    kind: z.enum(variableKinds),
    defaults: z.array(z.string().max(128)).default([]),
  })
  .superRefine(({ kind, defaults }, ctx) => {
    const most = maxVariableValues[kind];
    if (defaults.length > most) {
      ctx.addIssue({ code: "custom", path: ["defaults"], message: `at most ${most} values` });
    }
    const wrong = defaults.findIndex((value) => !isVariableValue(kind, value));
    if (wrong === -1) return;
    ctx.addIssue({ code: "custom", path: ["defaults", wrong], message: `This is no ${kind}.` });
  });
/** Devices that a widget is about, or the variable that says which. */
export const widgetDevicesSchema = z.union([
  deviceSelectionSchema,
  z.object({ by: z.literal("variable"), name: variableName }),
]);
export const thresholdSchema = z.object({
  value: z.number(),
  label: line(40).default(""),
  tone: z.enum(["warn", "bad"]).default("bad"),
  /** Which side of it is to be looked at. */
  side: z.enum(["above", "below"]).default("above"),
});
const thresholds = z.array(thresholdSchema).max(6, "At most 6 thresholds.").default([]);

const place = {
  id: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, "Use letters, digits, hyphens and underscores."),
  title: line(120).default(""),
  x: z
    .int()
    .min(0)
    .max(gridColumns - 1),
  y: z.int().min(0).max(maxGridRows),
  w: z.int().min(1).max(gridColumns),
  h: z.int().min(1).max(40),
};
const about = {
  ...place,
  devices: widgetDevicesSchema.default({ by: "filter", filter: everyDevice.filter }),
};
const measured = {
  ...about,
  metrics: z.array(metricName).max(maxMetrics, `at most ${maxMetrics} metrics`).default([]),
  /** A variable of metrics whose values are shown besides. */
  metricVariable: variableName.nullable().default(null),
};
const across = z.enum(["each", "all", "profile", "tag"]).default("each");
const aggregate = z.enum(aggregates);

export const widgetSchema = z
  .discriminatedUnion("kind", [
    z.object({
      ...measured,
      kind: z.literal("line"),
      across,
      aggregate: aggregate.default("mean"),
      thresholds,
    }),
    z.object({
      ...measured,
      kind: z.literal("area"),
      across,
      aggregate: aggregate.default("mean"),
      thresholds,
    }),
    z.object({
      ...measured,
      kind: z.literal("bar"),
      across,
      aggregate: aggregate.default("mean"),
      thresholds,
    }),
    z.object({
      ...measured,
      kind: z.literal("histogram"),
      bins: z.int().min(2, "At least 2.").max(60, "At most 60.").default(20),
    }),
    z.object({
      ...measured,
      kind: z.literal("stat"),
      aggregate: aggregate.default("last"),
      /** Beside the number: how it was in the range before. */
      trend: z.boolean().default(true),
      thresholds,
    }),
    z
      .object({
        ...measured,
        kind: z.literal("gauge"),
        aggregate: aggregate.default("last"),
        least: z.number().default(0),
        most: z.number().default(100),
        thresholds,
      })
      .refine(({ least, most }) => least < most, {
        path: ["most"],
        message: "must be more than the least",
      }),
    z.object({ ...measured, kind: z.literal("timeline") }),
    z.object({
      ...measured,
      kind: z.literal("table"),
      limit: z.int().min(1, "At least 1.").max(100, "At most 100 devices.").default(20),
      thresholds,
    }),
    z.object({ ...about, kind: z.literal("map") }),
    z.object({ ...about, kind: z.literal("presence") }),
    z.object({
      ...about,
      kind: z.literal("alerts"),
      severities: z.array(z.enum(severities)).max(severities.length).default([]),
      limit: z.int().min(1, "At least 1.").max(50, "At most 50 alerts.").default(10),
    }),
    z.object({
      ...place,
      kind: z.literal("text"),
      /** A small part of Markdown: see docs/dashboards.md. */
      text: z.string().max(8_000, "At most 8000 characters.").default(""),
    }),
  ])
  .refine(({ x, w }) => x + w <= gridColumns, {
    path: ["w"],
    message: "reaches beyond the grid's twelve columns",
  });
/** What a dashboard shows: format 1. */
export const dashboardContentSchema = z
  .object({
    format: z.literal(1, "This dashboard is of a format that is not known here."),
    range: dashboardRangeSchema.default({ last: "1h" }),
    refreshSeconds: z.literal(refreshSeconds).default(30),
    variables: z
      .array(variableSchema)
      .max(maxVariables, `At most ${maxVariables} variables.`)
      .default([]),
    widgets: z.array(widgetSchema).max(maxWidgets, `At most ${maxWidgets} widgets.`).default([]),
  })
  .superRefine((content, ctx) => {
    for (const part of ["variables", "widgets"] as const) {
      const seen = new Set<string>();
      for (const [index, each] of content[part].entries()) {
        const own = "id" in each ? each.id : each.name;
        if (seen.has(own)) {
          ctx.addIssue({
            code: "custom",
            path: [part, index],
            message: `“${own}” is there twice.`,
          });
        }
        seen.add(own);
      }
    }
    if (JSON.stringify(content).length > maxContentCharacters) {
      ctx.addIssue({ code: "custom", message: "This dashboard is too large to be kept." });
    }
  });
