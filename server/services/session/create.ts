import type { Tx } from "#server/db/client.ts";
import { absoluteEnd } from "#server/domain/session-life.ts";
import { newSessionSecret } from "#server/services/auth/secret.ts";

/** Writes a session in the caller's transaction; the text of its id exists in the answer only. */
export async function insertSession(
  tx: Tx,
  session: {
    readonly tenantId: string;
    readonly userId: string;
    readonly ip: string | undefined;
    readonly userAgent: string | undefined;
    readonly now: Date;
  },
): Promise<{ readonly id: string; readonly sid: string; readonly absoluteAt: Date }> {
  const { tenantId, userId, ip, userAgent, now } = session;
  const secret = newSessionSecret();
  const absoluteAt = absoluteEnd(now);
  const { id } = await tx.session.create({
    data: {
      tenantId,
      userId,
      tokenHash: secret.hash,
      ip: ip ?? null,
      userAgent: userAgent ?? null,
      createdAt: now,
      seenAt: now,
      absoluteAt,
    },
    select: { id: true },
  });
  return { id, sid: secret.text, absoluteAt };
}
