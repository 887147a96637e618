import { table, type Command } from "#server/cli/command.ts";
import { listDevices } from "#server/services/device/list.ts";

export const deviceList: Command = {
  words: ["device", "list"],
  usage: "[--text TEXT] [--query QUERY] [--limit N] [--cursor CURSOR]",
  summary: "List devices, a page at a time.",
  options: ["text", "query", "limit", "cursor"],
  run: async (at) => {
    const cursor = at.option("cursor");
    const { ctx } = await at.session();
    const page = await listDevices(ctx, {
      filter: { text: at.option("text") ?? "", query: at.option("query") ?? "" },
      limit: at.number("limit", 50, 1),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const rows = page.devices.map((device) => [
      device.deviceId,
      device.name,
      device.profile.name,
      device.presence,
      device.lastContactAt ?? "never",
    ]);
    const more = page.nextCursor === null ? "" : `\nNext page: --cursor ${page.nextCursor}`;
    return {
      json: page,
      text: `${table([["DEVICE", "NAME", "PROFILE", "PRESENCE", "LAST CONTACT"], ...rows])}${more}`,
    };
  },
};
