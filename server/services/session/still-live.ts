import { withTenant } from "#server/db/tenant.ts";
import type { Database } from "#server/db/client.ts";
import { sessionState } from "#server/domain/session-life.ts";

/**
 * Whether a session that was loaded before still counts. For long answers: it does not count as a
 * request of the person, so a forgotten tab ends like any other idle session.
 */
export async function isSessionStillLive(
  at: { readonly db: Database; readonly tenantId: string; readonly sessionId: string },
  now: Date,
): Promise<boolean> {
  const session = await withTenant(at, (tx) =>
    tx.session.findUnique({
      where: { tenantId_id: { tenantId: at.tenantId, id: at.sessionId } },
      select: {
        seenAt: true,
        absoluteAt: true,
        revokedAt: true,
        user: { select: { disabledAt: true } },
      },
    }),
  );
  if (session === null) return false;
  const { user, ...facts } = session;
  return sessionState({ ...facts, userDisabledAt: user.disabledAt }, now) === "live";
}
