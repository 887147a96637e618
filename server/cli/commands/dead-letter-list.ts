import { table, type Command } from "#server/cli/command.ts";
import { listDeadLetters } from "#server/services/dead-letter/list.ts";

export const deadLetterList: Command = {
  words: ["dead-letter", "list"],
  usage: "[--device DEVICE_ID] [--reason REASON] [--limit N] [--cursor CURSOR]",
  summary: "List messages that were refused, newest first.",
  options: ["device", "reason", "limit", "cursor"],
  run: async (at) => {
    const given = (name: string) => {
      const value = at.option(name);
      return value === undefined ? {} : { [name]: value };
    };
    const { ctx } = await at.session();
    const page = await listDeadLetters(ctx, {
      ...given("device"),
      ...given("reason"),
      ...given("cursor"),
      limit: at.number("limit", 50, 1),
    });
    const rows = page.letters.map((letter) => [
      letter.receivedAt,
      letter.deviceId,
      letter.reason,
      letter.detail,
    ]);
    const more = page.next === null ? "" : `\nNext page: --cursor ${page.next}`;
    return {
      json: page,
      text: `${table([["TIME", "DEVICE", "REASON", "DETAIL"], ...rows])}${more}`,
    };
  },
};
