import { z } from "zod";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import { telemetryLevels } from "#server/domain/telemetry-query.ts";
import { telemetryInstant } from "#server/domain/telemetry-query-schema.ts";

const maxExportMetrics = 50;

/** What goes into the file. */
export const exportRequestSchema = z.discriminatedUnion("kind", [
  z
    .object({
      kind: z.literal("telemetry"),
      devices: deviceSelectionSchema,
      /** Names of fields. None: all that the devices' schemas have; only of single readings. */
      metrics: z
        .array(z.string().min(1).max(128))
        .max(maxExportMetrics, `at most ${maxExportMetrics} metrics`)
        .transform((names) => [...new Set(names)])
        .default([]),
      from: telemetryInstant,
      to: telemetryInstant,
      /** Single readings, or readings rolled up by minute or hour. */
      level: z.enum(telemetryLevels).default("raw"),
    })
    .refine(({ from, to }) => from < to, { path: ["to"], message: "must be after from" })
    .refine(({ level, metrics }) => level === "raw" || metrics.length > 0, {
      path: ["metrics"],
      message: "Name the metrics to roll up.",
    }),
  z.object({ kind: z.literal("devices"), devices: deviceSelectionSchema }),
]);
