import type { Database } from "#server/db/client.ts";
import { withPresented, withTenant } from "#server/db/tenant.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { secretHash, secretHashHex } from "#server/services/auth/secret.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/**
 * Ends the session behind a presented id: sign-out, or a new sign-in in the same browser. One that
 * is unknown or over already is left as it is.
 */
export async function endSession(
  db: Database,
  end: {
    readonly sid: string;
    readonly reason: "signed out" | "signed in anew";
    readonly requestId: string;
    readonly ip: string | undefined;
    readonly now: Date;
  },
): Promise<void> {
  await translateDatabaseError(async () => {
    const session = await withPresented(
      db,
      { kind: "session", value: secretHashHex(end.sid) },
      (tx) => tx.session.findUnique({ where: { tokenHash: secretHash(end.sid) } }),
    );
    if (session === null || session.revokedAt !== null) return;
    const { tenantId, id } = session;
    await withTenant({ db, tenantId }, async (tx) => {
      const { user } = await tx.session.update({
        where: { tenantId_id: { tenantId, id } },
        data: { revokedAt: end.now },
        select: { user: { select: { id: true, email: true } } },
      });
      const actor = { type: "user" as const, ...user, sessionId: id };
      await appendAudit(
        tx,
        { tenantId, actor, requestId: end.requestId, ip: end.ip },
        { action: "session.end", target: `session:${id}`, reason: end.reason, payload: {} },
      );
    });
  });
}
