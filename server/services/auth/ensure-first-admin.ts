import { randomUUID } from "node:crypto";
import type { Database } from "#server/db/client.ts";
import { createFirstAdministrator } from "#server/services/auth/first-administrator.ts";
import { needsSetup } from "#server/services/auth/issue-setup-token.ts";
import { setupInput } from "#server/services/auth/schemas.ts";
import { parseInput } from "#server/services/input.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

const input = setupInput.shape;

/**
 * The unattended first administrator, from ADMIN_EMAIL and ADMIN_PASSWORD. Later starts with the
 * same variables change nothing.
 * @throws ServiceError invalid when the password is too easy to guess
 */
export async function ensureFirstAdmin(
  db: Database,
  admin: {
    readonly email: string;
    readonly password: string;
    readonly name?: string;
    readonly organisation?: string;
  },
): Promise<{ readonly created: boolean }> {
  if (!(await needsSetup(db))) return { created: false };
  const first = {
    email: parseInput(input.email, admin.email),
    password: parseInput(input.password, admin.password),
    name: admin.name ?? "Administrator",
    organisation: admin.organisation ?? "My organisation",
    requestId: randomUUID(),
    ip: undefined,
  };
  const created = await translateDatabaseError(() => createFirstAdministrator(db, first));
  return { created };
}
