import { CliError, table, type Command, type Invocation } from "#server/cli/command.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import type { Context } from "#server/services/context.ts";
import { createGroup } from "#server/services/group/create.ts";
import { listGroups } from "#server/services/group/list.ts";
import { listGroupMembers } from "#server/services/group/members.ts";
import { removeGroup } from "#server/services/group/remove.ts";

/** A group by its name or id. */
async function groupIdOf(ctx: Context, at: Invocation): Promise<string> {
  const wanted = at.word(0, "GROUP");
  const groups = await listGroups(ctx, {});
  const found = groups.find(
    ({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase(),
  );
  if (found !== undefined) return found.id;
  throw new CliError(
    "not_found",
    `There is no group “${wanted}”.`,
    "“group list” shows those that there are.",
  );
}

export const groupList: Command = {
  words: ["group", "list"],
  usage: "",
  summary: "List dynamic groups with how many devices each has.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const groups = await listGroups(ctx, {});
    const rows = groups.map(({ id, name, members, filter }) => [
      id,
      members === null ? "" : `${members.more ? "more than " : ""}${members.count}`,
      name,
      filter.query,
    ]);
    const text =
      rows.length === 0
        ? "There are no groups."
        : table([["GROUP", "DEVICES", "NAME", "QUERY"], ...rows]);
    return { json: groups, text };
  },
};

export const groupCreate: Command = {
  words: ["group", "create"],
  usage: "--name NAME --query QUERY [--description TEXT]",
  summary: "Make a dynamic group of a query: presence:silent tag:roof.",
  options: ["name", "query", "description"],
  run: async (at) => {
    const name = at.required("name");
    const query = at.required("query");
    const description = at.option("description") ?? "";
    const { ctx } = await at.session();
    const filter = { ...everyDevice.filter, query };
    const group = await createGroup(ctx, { name, description, filter });
    return { json: group, text: `Group ${group.id} “${group.name}” is made.` };
  },
};

export const groupMembers: Command = {
  words: ["group", "members"],
  usage: "GROUP [--limit N] [--cursor CURSOR]",
  summary: "List the devices of a dynamic group, a page at a time.",
  options: ["limit", "cursor"],
  run: async (at) => {
    const cursor = at.option("cursor");
    const limit = at.number("limit", 50, 1);
    const { ctx } = await at.session();
    const groupId = await groupIdOf(ctx, at);
    const page = await listGroupMembers(ctx, {
      groupId,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    const rows = page.devices.map((device) => [device.deviceId, device.name, device.presence]);
    const more = page.nextCursor === null ? "" : `\nNext page: --cursor ${page.nextCursor}`;
    const text = `${table([["DEVICE", "NAME", "PRESENCE"], ...rows])}${more}`;
    return { json: page, text };
  },
};

export const groupDelete: Command = {
  words: ["group", "delete"],
  usage: "GROUP",
  summary: "Remove a dynamic group; its devices stay.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const removed = await removeGroup(ctx, { groupId: await groupIdOf(ctx, at) });
    return { json: removed, text: `Group “${removed.name}” is removed.` };
  },
};
