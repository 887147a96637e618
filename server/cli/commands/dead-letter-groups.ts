import { table, type Command } from "#server/cli/command.ts";
import { listDeadLetterGroups } from "#server/services/dead-letter/list-groups.ts";
import type { deadLetterGroupListSchema } from "#server/services/dead-letter/schemas.ts";
import type { z } from "zod";

export const deadLetterGroups: Command = {
  words: ["dead-letter", "groups"],
  usage:
    "[--state open|all] [--direction inbound|outbound] [--text TEXT] [--limit N] [--cursor CURSOR]",
  summary: "List refused messages by cause, those that came last first.",
  options: ["state", "direction", "text", "limit", "cursor"],
  run: async (at) => {
    const given = (name: string, as = name) => {
      const value = at.option(name);
      return value === undefined ? {} : { [as]: value };
    };
    const input = {
      ...given("state"),
      ...given("direction"),
      ...given("text", "q"),
      ...given("cursor"),
      limit: at.number("limit", 50, 1),
    };
    const { ctx } = await at.session();
    // The query parses it; nothing is taken on trust.
    const page = await listDeadLetterGroups(
      ctx,
      input as z.input<typeof deadLetterGroupListSchema>,
    );
    const rows = page.groups.map((group) => [
      group.fingerprint,
      String(group.open),
      String(group.devices),
      group.lastAt,
      group.reason,
      group.detail,
    ]);
    const more = page.next === null ? "" : `\nNext page: --cursor ${page.next}`;
    return {
      json: page,
      text: `${table([["GROUP", "OPEN", "DEVICES", "LAST", "REASON", "DETAIL"], ...rows])}${more}`,
    };
  },
};
