import { table, type Command } from "#server/cli/command.ts";
import { listServiceClients } from "#server/services/service-client/list.ts";

export const serviceClientList: Command = {
  words: ["service-client", "list"],
  usage: "",
  summary: "List service clients and what they may do.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const clients = await listServiceClients(ctx, {});
    const rows = clients.map(({ username, state, grants, lastUsedAt }) => [
      username,
      state,
      lastUsedAt ?? "never",
      grants
        .map(({ filter, maySubscribe, mayPublish }) => {
          const rights = `${maySubscribe ? "s" : ""}${mayPublish ? "p" : ""}`;
          return `${filter} (${rights})`;
        })
        .join(", "),
    ]);
    return {
      json: { serviceClients: clients },
      text: table([["USER NAME", "STATE", "LAST USED", "GRANTS"], ...rows]),
    };
  },
};
