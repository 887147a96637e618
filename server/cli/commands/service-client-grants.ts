import type { Command } from "#server/cli/command.ts";
import { grantsOf } from "#server/cli/commands/service-client-create.ts";
import { updateGrants } from "#server/services/service-client/update-grants.ts";

export const serviceClientGrants: Command = {
  words: ["service-client", "grants"],
  usage: "USER_NAME [--subscribe FILTERS] [--publish FILTERS]",
  summary: "Replace what a service client may do; subscriptions beyond it end at once.",
  options: ["subscribe", "publish"],
  run: async (at) => {
    const serviceClient = at.word(0, "USER_NAME");
    const grants = grantsOf(at.option("subscribe"), at.option("publish"));
    const { ctx } = await at.session();
    const updated = await updateGrants(ctx, { serviceClient, grants });
    return { json: updated, text: `${updated.username} has ${grants.length} grants.` };
  },
};
