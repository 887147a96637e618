import { table, UsageError, type Command, type Invocation } from "#server/cli/command.ts";
import { limitScopes, type LimitScope } from "#server/domain/listener-limits.ts";
import { listListenerLimits } from "#server/services/listener-limit/list.ts";
import { resetListenerLimit } from "#server/services/listener-limit/reset.ts";
import { setListenerLimit } from "#server/services/listener-limit/set.ts";

/** `connection.maxPacketBytes`, as `limit list` prints it. */
function limitOf(at: Invocation): { readonly scope: LimitScope; readonly name: string } {
  const [wanted = "", name = ""] = at.word(0, "LIMIT").split(".", 2);
  const scope = limitScopes.find((each) => each === wanted);
  if (scope !== undefined && name !== "") return { scope, name };
  throw new UsageError("LIMIT is one of those that limit list prints: connection.maxPacketBytes.");
}

export const limitList: Command = {
  words: ["limit", "list"],
  usage: "",
  summary: "List the limits of the device listener.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const limits = await listListenerLimits(ctx, {});
    const rows = limits.map((limit) => [
      `${limit.scope}.${limit.name}`,
      String(limit.effective),
      String(limit.default),
      `${limit.min}–${limit.max}`,
      limit.unit,
    ]);
    return {
      json: { limits },
      text: table([["LIMIT", "VALUE", "DEFAULT", "BOUNDS", "UNIT"], ...rows]),
    };
  },
};

export const limitSet: Command = {
  words: ["limit", "set"],
  usage: "LIMIT VALUE",
  summary:
    "Set a limit of the device listener; with --organisation that of another, also above its default.",
  options: [],
  run: async (at) => {
    const limit = limitOf(at);
    const value = Number(at.word(1, "VALUE"));
    const { ctx } = await at.session();
    const set = await setListenerLimit(ctx, { ...limit, value });
    return { json: set, text: `${set.scope}.${set.name} is ${set.value}.` };
  },
};

export const limitReset: Command = {
  words: ["limit", "reset"],
  usage: "LIMIT",
  summary: "Give a limit of the device listener its default again.",
  options: [],
  run: async (at) => {
    const limit = limitOf(at);
    const { ctx } = await at.session();
    const reset = await resetListenerLimit(ctx, limit);
    return { json: reset, text: `${reset.scope}.${reset.name} is ${reset.value}.` };
  },
};
