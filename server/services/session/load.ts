import type { Database } from "#server/db/client.ts";
import { withPresented, withTenant } from "#server/db/tenant.ts";
import type { Role } from "#server/domain/roles.ts";
import { needsTouch, sessionState } from "#server/domain/session-life.ts";
import { secretHash, secretHashHex } from "#server/services/auth/secret.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** Who is behind a session that counts. */
export type LiveSession = {
  readonly tenantId: string;
  /** Id of the session's row, not the secret that the cookie carries. */
  readonly sessionId: string;
  readonly absoluteAt: Date;
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly role: Role;
  };
  readonly organisation: {
    readonly name: string;
    readonly slug: string;
    /** Whether it runs the installation. */
    readonly operator: boolean;
  };
};

/**
 * Looks a presented session id up, on every call: sign-out, disabling and a changed role count at once.
 * @returns undefined when there is none, or it was revoked, has ended, or its user is disabled
 * @throws ServiceError unavailable
 */
export async function loadSession(
  db: Database,
  sid: string,
  now: Date,
): Promise<LiveSession | undefined> {
  if (!/^[0-9a-f]{64}$/.test(sid)) return undefined;
  return translateDatabaseError(async () => {
    const session = await withPresented(db, { kind: "session", value: secretHashHex(sid) }, (tx) =>
      tx.session.findUnique({ where: { tokenHash: secretHash(sid) } }),
    );
    if (session === null) return undefined;
    return withTenant({ db, tenantId: session.tenantId }, async (tx) => {
      const { tenantId, id, seenAt, absoluteAt, revokedAt } = session;
      const user = await tx.user.findUniqueOrThrow({
        where: { tenantId_id: { tenantId, id: session.userId } },
        select: {
          id: true,
          email: true,
          name: true,
          role: true,
          disabledAt: true,
          tenant: { select: { name: true, slug: true, operator: true } },
        },
      });
      const { disabledAt, tenant: organisation, ...known } = user;
      const facts = { seenAt, absoluteAt, revokedAt, userDisabledAt: disabledAt };
      if (sessionState(facts, now) !== "live") return undefined;
      if (needsTouch(facts, now)) {
        await tx.session.update({
          where: { tenantId_id: { tenantId, id } },
          data: { seenAt: now },
          select: { id: true },
        });
      }
      return { tenantId, sessionId: id, absoluteAt, user: known, organisation };
    });
  });
}
