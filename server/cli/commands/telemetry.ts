import { table, type Command } from "#server/cli/command.ts";
import { telemetrySeries } from "#server/services/telemetry/series.ts";

const dayMs = 86_400_000;

export const telemetry: Command = {
  words: ["telemetry"],
  usage: "DEVICE_ID --metric NAME[,NAME] [--from TIME] [--to TIME] [--points N]",
  summary:
    "Read a device's values; times are ISO 8601 or epoch milliseconds, by default the last day.",
  options: ["metric", "from", "to", "points"],
  run: async (at) => {
    const device = at.word(0, "DEVICE_ID");
    const metrics = at.required("metric").split(",");
    const { ctx } = await at.session();
    const now = ctx.now().getTime();
    const series = await telemetrySeries(ctx, {
      device,
      metrics,
      from: at.option("from") ?? new Date(now - dayMs),
      // The end is not included, and a device's clock may be a little ahead of ours.
      to: at.option("to") ?? new Date(now + 60_000),
      points: at.number("points", 500, 2),
    });
    const rows = series.flatMap(({ metric, unit, points }) =>
      points.map(([epochMs, value]) => [
        new Date(epochMs).toISOString(),
        metric,
        String(value),
        unit ?? "",
      ]),
    );
    return { json: { series }, text: table([["TIME", "METRIC", "VALUE", "UNIT"], ...rows]) };
  },
};
