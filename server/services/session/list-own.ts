import { z } from "zod";
import { idleMinutes } from "#server/domain/session-life.ts";
import { defineQuery } from "#server/services/query.ts";

/** A browser in which the caller is signed in. */
export type OwnSession = {
  readonly id: string;
  readonly current: boolean;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly absoluteAt: Date;
};

/** The caller's own sessions that still count, newest first; none for a token. */
export const listOwnSessions = defineQuery({
  name: "session.listOwn",
  can: "session.own",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<readonly OwnSession[]> => {
    const { actor, tenantId } = ctx;
    if (actor.type !== "user") return [];
    const now = ctx.now();
    const sessions = await tx.session.findMany({
      where: {
        tenantId,
        userId: actor.id,
        revokedAt: null,
        absoluteAt: { gt: now },
        seenAt: { gt: new Date(now.getTime() - idleMinutes * 60_000) },
      },
      orderBy: { seenAt: "desc" },
      take: 100,
      select: {
        id: true,
        ip: true,
        userAgent: true,
        createdAt: true,
        seenAt: true,
        absoluteAt: true,
      },
    });
    return sessions.map((session) => ({ ...session, current: session.id === actor.sessionId }));
  },
});
