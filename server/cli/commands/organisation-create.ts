import { CliError, type Command } from "#server/cli/command.ts";
import { slugOf } from "#server/domain/slug.ts";
import { parseInput } from "#server/services/input.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { inviteUser } from "#server/services/user/invite.ts";

export const organisationCreate: Command = {
  words: ["organisation", "create"],
  usage: "--name NAME --email EMAIL --person NAME [--slug SLUG]",
  summary: "Create another organisation, and print a one-time link for its first administrator.",
  options: ["name", "email", "person", "slug"],
  run: async (at) => {
    const name = at.required("name").trim();
    const person = { email: at.required("email"), name: at.required("person") };
    const slug = at.option("slug") ?? slugOf(name);
    if (name === "" || name.length > 120 || slug !== slugOf(slug)) {
      throw new CliError(
        "invalid",
        "A name has 1 to 120 characters; a short name has lower-case letters, digits and hyphens.",
        "Correct --name or --slug.",
      );
    }
    const { ctx } = await at.session();
    // Judged before anything is made: an organisation that nobody can enter would stay.
    const invited = parseInput(inviteUser.input, { ...person, role: "admin" });
    const { tenantId } = await createTenant(ctx.db, { slug, name });
    const link = await inviteUser({ ...ctx, tenantId }, invited);
    const url = `${new URL("/invite", at.env.PUBLIC_URL).href}#${link.token}`;
    return {
      json: { tenantId, slug, name, email: link.email, url, expiresAt: link.expiresAt },
      text: `${name} (${slug}) is there. Its first administrator chooses a password at\n${url}`,
    };
  },
};
