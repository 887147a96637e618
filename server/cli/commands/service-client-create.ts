import { UsageError, type Command } from "#server/cli/command.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import type { Grant } from "#server/services/service-client/grant-problem.ts";

/** Filters by commas, of which one may stand in both lists. */
export function grantsOf(subscribe: string | undefined, publish: string | undefined): Grant[] {
  const filters = (text: string | undefined) =>
    (text ?? "").split(",").flatMap((filter) => filter.trim() || []);
  const [readable, writable] = [filters(subscribe), filters(publish)];
  return [...new Set([...readable, ...writable])].map((filter) => ({
    filter,
    maySubscribe: readable.includes(filter),
    mayPublish: writable.includes(filter),
  }));
}

export const serviceClientCreate: Command = {
  words: ["service-client", "create"],
  usage: "--name NAME [--slug SLUG] [--description TEXT] [--subscribe FILTERS] [--publish FILTERS]",
  summary: "Make a service client (dashboard, integration); its password is shown this once.",
  options: ["name", "slug", "description", "subscribe", "publish"],
  run: async (at) => {
    const name = at.required("name");
    const grants = grantsOf(at.option("subscribe"), at.option("publish"));
    if (grants.length === 0) {
      throw new UsageError("Say what it may do: --subscribe 'qs/v1/d/+/up/#', --publish FILTERS.");
    }
    const given = (option: "slug" | "description") => {
      const value = at.option(option);
      return value === undefined ? {} : { [option]: value };
    };
    const { ctx } = await at.session();
    const made = await createServiceClient(ctx, {
      name,
      ...given("slug"),
      ...given("description"),
      grants,
    });
    return { json: made, text: `user name  ${made.username}\npassword   ${made.password}` };
  },
};
