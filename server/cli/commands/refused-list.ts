import { table, type Command } from "#server/cli/command.ts";
import { listRefusedConnections } from "#server/services/refused-connection/list.ts";

export const refusedList: Command = {
  words: ["refused", "list"],
  usage:
    "[--device DEVICE_ID] [--cause CAUSE] [--from TIME] [--to TIME] [--limit N] [--cursor CURSOR]",
  summary: "List who was refused by the device listener, why, and what to do about it.",
  options: ["device", "cause", "from", "to", "limit", "cursor"],
  run: async (at) => {
    const given = (name: string, as = name) => {
      const value = at.option(name);
      return value === undefined ? {} : { [as]: value };
    };
    const { ctx } = await at.session();
    const page = await listRefusedConnections(ctx, {
      ...given("device", "deviceId"),
      ...given("cause"),
      ...given("from"),
      ...given("to"),
      ...given("cursor"),
      limit: at.number("limit", 50, 1),
    });
    const rows = page.refusals.map((refusal) => [
      refusal.lastAt,
      String(refusal.count),
      refusal.claimedId,
      refusal.remote,
      refusal.cause,
      `${refusal.detail} ${refusal.remedy}`,
    ]);
    const more = page.next === null ? "" : `\nNext page: --cursor ${page.next}`;
    return {
      json: page,
      text: `${table([["LAST", "TIMES", "CLAIMED", "FROM", "CAUSE", "WHY AND WHAT TO DO"], ...rows])}${more}`,
    };
  },
};
