import type { Database } from "#server/db/client.ts";
import { installationHasUsers } from "#server/db/installation-has-users.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { newLinkSecret } from "#server/services/auth/secret.ts";
import { ServiceError } from "#server/services/errors.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** How long a set-up link counts. */
export const setupLinkHours = 24;

/** Whether the first administrator is still to come. */
export async function needsSetup(db: Database): Promise<boolean> {
  return translateDatabaseError(() =>
    withInstallation(db, async (tx) => !(await installationHasUsers(tx))),
  );
}

/**
 * A fresh one-time link for the first administrator; links issued before stop counting.
 * @returns the token, which goes into the fragment: `/setup#<token>`
 * @throws ServiceError conflict when somebody has an account already
 */
export async function issueSetupToken(
  db: Database,
  now: Date = new Date(),
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const secret = newLinkSecret();
  const expiresAt = new Date(now.getTime() + setupLinkHours * 3_600_000);
  return translateDatabaseError(() =>
    withInstallation(db, async (tx) => {
      if (await installationHasUsers(tx)) {
        throw new ServiceError("conflict", "This installation is set up already.", {
          remedy: "Sign in, or ask an administrator for an invitation.",
        });
      }
      await tx.setupToken.deleteMany();
      await tx.setupToken.create({ data: { tokenHash: secret.hash, expiresAt } });
      return { token: secret.text, expiresAt };
    }),
  );
}
