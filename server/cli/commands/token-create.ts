import { UsageError, type Command } from "#server/cli/command.ts";
import { roles, type Role } from "#server/domain/roles.ts";
import { createToken } from "#server/services/token/create.ts";

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

export const tokenCreate: Command = {
  words: ["token", "create"],
  usage: "--role ROLE [--name NAME] [--days DAYS]",
  summary: "Make an API token; its text is shown this once.",
  options: ["role", "name", "days"],
  run: async (at) => {
    const role = at.required("role");
    if (!isRole(role)) throw new UsageError(`--role must be one of ${roles.join(", ")}.`);
    const days = at.option("days") === undefined ? undefined : at.number("days", 0, 1);
    const { ctx } = await at.session();
    const made = await createToken(ctx, {
      name: at.option("name") ?? "command line",
      role,
      ...(days === undefined ? {} : { expiresInDays: days }),
    });
    return { json: made, text: made.token };
  },
};
