import type { Database } from "#server/db/client.ts";
import { withPresented, withTenant } from "#server/db/tenant.ts";
import type { Role } from "#server/domain/roles.ts";
import { secretHash, secretHashHex } from "#server/services/auth/secret.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** Who is behind an API token that counts. */
export type LiveToken = {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
};

const touchMs = 60_000;

/**
 * Looks a presented API token up, on every call: revoking it counts at once.
 * @returns undefined when it is unknown, revoked or expired
 * @throws ServiceError unavailable
 */
export async function authenticateToken(
  db: Database,
  text: string,
  now: Date,
): Promise<LiveToken | undefined> {
  if (!/^qs_[A-Za-z0-9_-]{43}$/.test(text)) return undefined;
  return translateDatabaseError(async () => {
    const token = await withPresented(db, { kind: "token", value: secretHashHex(text) }, (tx) =>
      tx.apiToken.findUnique({ where: { tokenHash: secretHash(text) } }),
    );
    if (token === null || token.revokedAt !== null) return undefined;
    if (token.expiresAt !== null && now >= token.expiresAt) return undefined;
    const { tenantId, id, name, role, usedAt } = token;
    if (usedAt === null || now.getTime() - usedAt.getTime() >= touchMs) {
      await withTenant({ db, tenantId }, (tx) =>
        tx.apiToken.update({
          where: { tenantId_id: { tenantId, id } },
          data: { usedAt: now },
          select: { id: true },
        }),
      );
    }
    return { tenantId, id, name, role };
  });
}
