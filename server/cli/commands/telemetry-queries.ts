import { table, UsageError, type Command, type Invocation } from "#server/cli/command.ts";
import { aggregates, type TelemetrySeries } from "#server/domain/telemetry-query.ts";
import { telemetryQuerySchema } from "#server/domain/telemetry-query-schema.ts";
import { latestOfDevices } from "#server/services/telemetry/latest-of-devices.ts";
import { queryTelemetry } from "#server/services/telemetry/query.ts";
import { resolveDevices, selectionFromWords } from "#server/services/telemetry/resolve-devices.ts";

const dayMs = 86_400_000;
const acrossWords = telemetryQuerySchema.shape.across.unwrap().options;

/** @throws UsageError when the option is none of the words */
function oneOf<T extends string>(at: Invocation, name: string, words: readonly T[]): T | undefined {
  const text = at.option(name);
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found === undefined) throw new UsageError(`--${name} is one of ${words.join(", ")}.`);
  return found;
}

function lineName({ device, group }: TelemetrySeries): string {
  return device?.deviceId ?? group ?? "all";
}

export const telemetryQuery: Command = {
  words: ["telemetry", "query"],
  usage:
    "--metric NAME[,NAME] [--devices ID[,ID] | --group UUID | --query TEXT] [--from TIME] [--to TIME] [--pixels N] [--across each|all|profile|tag] [--aggregate mean|min|max|sum|count|last]",
  summary:
    "Read values of many devices, one by one or brought together; times are ISO 8601 or epoch milliseconds, by default the last day.",
  options: ["metric", "devices", "group", "query", "from", "to", "pixels", "across", "aggregate"],
  run: async (at) => {
    const metrics = at.required("metric").split(",");
    const across = oneOf(at, "across", acrossWords);
    const aggregate = oneOf(at, "aggregate", aggregates);
    const { ctx } = await at.session();
    const now = ctx.now().getTime();
    const devices = at.option("devices")?.split(",");
    const [group, query] = [at.option("group"), at.option("query")];
    const answer = await queryTelemetry(ctx, {
      devices: await selectionFromWords(ctx, { devices, group, query }),
      metrics,
      from: at.option("from") ?? new Date(now - dayMs),
      // The end is not included, and a device's clock may be a little ahead of ours.
      to: at.option("to") ?? new Date(now + 60_000),
      pixels: at.number("pixels", 100, 1),
      statistics: true,
      across,
      aggregate,
    });
    const rows = answer.series.flatMap((series) =>
      series.points.map(([t, value, min, max, count]) => [
        new Date(t).toISOString(),
        lineName(series),
        series.metric,
        ...[value, min, max, count].map(String),
        series.unit ?? "",
      ]),
    );
    const head = ["TIME", "LINE", "METRIC", "VALUE", "LEAST", "GREATEST", "READINGS", "UNIT"];
    const { matching, shown } = answer.devices;
    const left = shown < matching ? [`\n${shown} of ${matching} devices are shown.`] : [];
    return { json: answer, text: [table([head, ...rows]), ...left].join("") };
  },
};

export const telemetryLatest: Command = {
  words: ["telemetry", "latest"],
  usage: "--devices ID[,ID] [--metric NAME[,NAME]]",
  summary: "Read the newest values of up to 500 devices.",
  options: ["devices", "metric"],
  run: async (at) => {
    const references = at.required("devices").split(",");
    const metrics = at.option("metric")?.split(",") ?? [];
    const { ctx } = await at.session();
    const ids = await resolveDevices(ctx, { devices: references });
    const devices = await latestOfDevices(ctx, { ids: [...ids], metrics });
    const named = new Map(ids.map((id, index) => [id, references[index] ?? id]));
    const rows = devices.flatMap(({ id, values }) =>
      Object.entries(values).map(([metric, { value, at: t, unit }]) => [
        named.get(id) ?? id,
        metric,
        String(value),
        unit ?? "",
        new Date(t).toISOString(),
      ]),
    );
    return {
      json: { devices },
      text: table([["DEVICE", "METRIC", "VALUE", "UNIT", "TIME"], ...rows]),
    };
  },
};
