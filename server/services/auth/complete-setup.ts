import type { z } from "zod";
import type { Database } from "#server/db/client.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { createFirstAdministrator } from "#server/services/auth/first-administrator.ts";
import { needsSetup } from "#server/services/auth/issue-setup-token.ts";
import { linkToken, setupInput } from "#server/services/auth/schemas.ts";
import { secretHash } from "#server/services/auth/secret.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

type Facts = {
  readonly db: Database;
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly now: () => Date;
};

/** Whether a set-up link may still be used. */
export type SetupLink = "open" | "done" | "unusable";

/** What the page shows before anything is typed. */
export async function checkSetupToken({ db, now }: Facts, token: string): Promise<SetupLink> {
  if (!(await needsSetup(db))) return "done";
  const text = linkToken.safeParse(token);
  if (!text.success) return "unusable";
  return translateDatabaseError(() =>
    withInstallation(db, async (tx) => {
      const where = { tokenHash: secretHash(text.data), usedAt: null, expiresAt: { gt: now() } };
      return (await tx.setupToken.count({ where })) === 1 ? "open" : "unusable";
    }),
  );
}

/**
 * Creates organisation and administrator. Of two pages that finish at the same moment exactly one
 * succeeds.
 * @throws ServiceError invalid, not_found (link used, expired or unknown), conflict (set up already)
 */
export async function completeSetup(
  facts: Facts,
  raw: z.input<typeof setupInput>,
): Promise<{ readonly email: string }> {
  const input = parseInput(setupInput, raw);
  // Before the password is hashed, which is dear: strangers have no link.
  const link = await checkSetupToken(facts, input.token);
  if (link === "done") throw alreadySetUp();
  if (link === "unusable") throw unusable();
  const { db, requestId, ip, now } = facts;
  const created = await translateDatabaseError(() =>
    createFirstAdministrator(db, { ...input, requestId, ip }, async (tx) => {
      const used = await tx.setupToken.updateMany({
        where: { tokenHash: secretHash(input.token), usedAt: null, expiresAt: { gt: now() } },
        data: { usedAt: now() },
      });
      if (used.count !== 1) throw unusable();
    }),
  );
  if (!created) throw alreadySetUp();
  return { email: input.email };
}

function alreadySetUp(): ServiceError {
  return new ServiceError("conflict", "This installation is set up already.", {
    remedy: "Sign in, or ask an administrator for an invitation.",
  });
}

function unusable(): ServiceError {
  return new ServiceError("not_found", "This set-up link does not count any more.", {
    remedy:
      "A link works once and for 24 hours. Restart Quayside, or run npm run cli -- setup-link: both print a new one.",
  });
}
