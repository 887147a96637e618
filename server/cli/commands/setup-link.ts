import type { Command } from "#server/cli/command.ts";
import { openInstallation } from "#server/cli/session.ts";
import { issueSetupToken } from "#server/services/auth/issue-setup-token.ts";

export const setupLink: Command = {
  words: ["setup-link"],
  usage: "",
  summary: "Print a fresh one-time link for the first administrator.",
  options: [],
  run: async (at) => {
    const db = openInstallation(at.env);
    try {
      const { token, expiresAt } = await issueSetupToken(db);
      const url = `${at.env.PUBLIC_URL}/setup#${token}`;
      return { json: { url, expiresAt }, text: url };
    } finally {
      await db.close();
    }
  },
};
