import { randomUUID } from "node:crypto";
import type { Database, Tx } from "#server/db/client.ts";
import { installationHasUsers } from "#server/db/installation-has-users.ts";
import { lockSetup } from "#server/db/lock-setup.ts";
import { operatorTenant } from "#server/db/operator-tenant.ts";
import { withInstallation, withTenant } from "#server/db/tenant.ts";
import { slugOf } from "#server/domain/slug.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { hashPassword } from "#server/services/auth/password-hash.ts";
import { insertTenant } from "#server/services/tenant/create.ts";

/** The first account of an installation. */
export type FirstAdministrator = {
  readonly organisation: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly requestId: string;
  readonly ip: string | undefined;
};

/**
 * Creates the operator's organisation with its administrator, in one transaction and once.
 * @param admit runs first in that transaction and throws when it may not go on
 * @returns false when somebody has an account already; then nothing was changed
 */
export async function createFirstAdministrator(
  db: Database,
  first: FirstAdministrator,
  admit: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const passwordHash = await hashPassword(first.password);
  const existing = await withInstallation(db, operatorTenant);
  const tenantId = existing ?? randomUUID();
  return withTenant({ db, tenantId }, async (tx) => {
    await lockSetup(tx);
    if (await installationHasUsers(tx)) return false;
    await admit(tx);
    await tx.setupToken.deleteMany({ where: { usedAt: null } });
    if (existing === undefined) {
      const slug = slugOf(first.organisation);
      await insertTenant(tx, tenantId, { slug, name: first.organisation, operator: true });
    }
    const { email, name } = first;
    const data = { tenantId, email, name, role: "admin" as const, passwordHash };
    const user = await tx.user.create({ data, select: { id: true } });
    await appendAudit(
      tx,
      {
        tenantId,
        actor: { type: "system", name: "setup" },
        requestId: first.requestId,
        ip: first.ip,
      },
      { action: "user.create", target: `user:${email}`, payload: { ...user, name, role: "admin" } },
    );
    return true;
  });
}
