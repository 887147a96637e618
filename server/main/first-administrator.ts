import { ensureDemoAccount } from "#server/cli/demo-account.ts";
import type { Database } from "#server/db/client.ts";
import type { Env } from "#server/env.ts";
import { ensureFirstAdmin } from "#server/services/auth/ensure-first-admin.ts";
import {
  issueSetupToken,
  needsSetup,
  setupLinkHours,
} from "#server/services/auth/issue-setup-token.ts";

/**
 * Sees to it that somebody can sign in: nothing when people exist, the administrator of
 * ADMIN_EMAIL and ADMIN_PASSWORD, or a one-time link.
 * @returns the lines to print
 */
export async function firstAdministrator(input: {
  readonly db: Database;
  readonly env: Env;
  /** The demo brings an organisation and an administrator of its own. */
  readonly demo: boolean;
}): Promise<readonly string[]> {
  const { db, env } = input;
  const lines = await operatorAdministrator(input);
  if (!input.demo) return lines;
  const { email, password } = await ensureDemoAccount(db, env);
  return [...lines, `The demo's administrator: ${email}, password ${password}`];
}

async function operatorAdministrator({
  db,
  env,
  demo,
}: {
  readonly db: Database;
  readonly env: Env;
  readonly demo: boolean;
}): Promise<readonly string[]> {
  if (!(await needsSetup(db))) return [];
  if (env.ADMIN_EMAIL !== undefined && env.ADMIN_PASSWORD !== undefined) {
    await ensureFirstAdmin(db, { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD });
    return [`The first administrator is ${env.ADMIN_EMAIL}.`];
  }
  if (demo) return [];
  const { token } = await issueSetupToken(db, new Date());
  return [
    `Create the first administrator (this link works once, within ${setupLinkHours} hours):`,
    `  ${env.PUBLIC_URL}/setup#${token}`,
  ];
}
