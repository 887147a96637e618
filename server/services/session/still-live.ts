import { withTenant } from "#server/db/tenant.ts";
import type { Database } from "#server/db/client.ts";
import { sessionState } from "#server/domain/session-life.ts";

/**
 * Which of some sessions that were loaded before still count. For long answers: it does not count as
 * a request of the person, so a forgotten tab ends like any other idle session.
 */
export async function stillLiveSessions(
  at: { readonly db: Database; readonly tenantId: string; readonly sessionIds: readonly string[] },
  now: Date,
): Promise<ReadonlySet<string>> {
  const sessions = await withTenant(at, (tx) =>
    tx.session.findMany({
      where: { tenantId: at.tenantId, id: { in: [...at.sessionIds] } },
      select: {
        id: true,
        seenAt: true,
        absoluteAt: true,
        revokedAt: true,
        user: { select: { disabledAt: true } },
      },
    }),
  );
  const live = sessions.filter(
    ({ user, ...facts }) =>
      sessionState({ ...facts, userDisabledAt: user.disabledAt }, now) === "live",
  );
  return new Set(live.map(({ id }) => id));
}
