import type { Command } from "#server/cli/command.ts";
import { revokePassword } from "#server/services/service-client/revoke-password.ts";
import { rotatePassword } from "#server/services/service-client/rotate-password.ts";

export const serviceClientPassword: Command = {
  words: ["service-client", "password"],
  usage: "USER_NAME [--others keep|revoke]",
  summary: "Make a further password for a service client, shown this once.",
  options: ["others"],
  run: async (at) => {
    const serviceClient = at.word(0, "USER_NAME");
    const keepOthers = (at.option("others") ?? "keep") !== "revoke";
    const { ctx } = await at.session();
    const made = await rotatePassword(ctx, { serviceClient, keepOthers });
    return { json: made, text: made.password };
  },
};

export const serviceClientRevoke: Command = {
  words: ["service-client", "revoke"],
  usage: "USER_NAME --password PASSWORD_ID",
  summary: "Revoke a password of a service client; connections that used it are dropped at once.",
  options: ["password"],
  run: async (at) => {
    const serviceClient = at.word(0, "USER_NAME");
    const passwordId = at.required("password");
    const { ctx } = await at.session();
    const revoked = await revokePassword(ctx, { serviceClient, passwordId });
    return { json: revoked, text: `Revoked ${revoked.passwordId}.` };
  },
};
