import { table, UsageError, type Command } from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { availabilityKinds, availabilityText } from "#server/domain/availability.ts";
import { presenceNames } from "#server/domain/presence.ts";
import { availability } from "#server/services/presence/availability.ts";
import { presenceHistory } from "#server/services/presence/history.ts";

export const availabilityShow: Command = {
  words: ["availability"],
  usage: "[--days N] [--by profile|tag] [--profile PROFILE] [--tag TAG] [--group UUID] [--worst N]",
  summary: "How available devices were over the last days, and the worst of them.",
  options: ["days", "by", "profile", "tag", "group", "worst"],
  run: async (at) => {
    const by = availabilityKinds.find((kind) => kind === (at.option("by") ?? "profile"));
    if (by === undefined) throw new UsageError("--by is profile or tag.");
    const [profile, tag, group] = ["profile", "tag", "group"].map((name) => at.option(name));
    const { ctx } = await at.session();
    const report = await availability(ctx, {
      days: at.number("days", 7, 1),
      by,
      worst: at.number("worst", 20, 0),
      ...(profile !== undefined && { profile: await profileIdOf(ctx, profile) }),
      ...(tag !== undefined && { tag }),
      ...(group !== undefined && { group }),
    });
    const { total, groups, worst } = report;
    const groupRows = groups.map((row) => [
      row.name,
      `${row.devices}`,
      availabilityText(row.availability),
    ]);
    const worstRows = worst.map((row) => [
      row.deviceId,
      presenceNames[row.presence],
      availabilityText(row.availability),
    ]);
    const lines = [
      `${availabilityText(total.availability)} of ${total.devices} devices since ${report.from} (UTC)`,
      table([[by.toUpperCase(), "DEVICES", "AVAILABILITY"], ...groupRows]),
      ...(worst.length === 0 ? [] : [table([["WORST", "NOW", "AVAILABILITY"], ...worstRows])]),
    ];
    return { json: report, text: lines.join("\n\n") };
  },
};

export const devicePresence: Command = {
  words: ["device", "presence"],
  usage: "DEVICE_ID [--hours N]",
  summary: "How a device is and was, with causes.",
  options: ["hours"],
  run: async (at) => {
    const deviceId = at.word(0, "DEVICE_ID");
    const hours = at.number("hours", 24, 1);
    const { ctx } = await at.session();
    const view = await presenceHistory(ctx, { deviceId, hours });
    const rows = view.spans.map(({ from, presence, cause }) => [
      from,
      presenceNames[presence],
      cause,
    ]);
    const now = `${presenceNames[view.presence]} since ${view.since}; available ${availabilityText(view.availability)} of ${hours} h`;
    return { json: view, text: [now, table(rows)].join("\n").trim() };
  },
};
