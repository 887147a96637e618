import { z } from "zod";
import type { Role } from "#server/domain/roles.ts";
import { defineQuery } from "#server/services/query.ts";

/** A person with an account, as the list shows them. */
export type Person = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly state: "active" | "disabled";
  readonly createdAt: Date;
  /** Newest request of any session; null when never signed in. */
  readonly lastSeenAt: Date | null;
};

/** An invitation that nobody has accepted yet. */
export type PendingInvitation = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly expiresAt: Date;
};

export type People = {
  readonly people: readonly Person[];
  readonly invitations: readonly PendingInvitation[];
};

/** An organisation with more people than this needs another page than one list. */
const limit = 1000;

/** Everyone with an account, and who was invited. */
export const listUsers = defineQuery({
  name: "user.list",
  can: "people.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<People> => {
    const { tenantId } = ctx;
    const users = await tx.user.findMany({
      where: { tenantId },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: limit,
      select: {
        id: true,
        email: true,
        name: true,
        role: true,
        disabledAt: true,
        createdAt: true,
        sessions: { select: { seenAt: true }, orderBy: { seenAt: "desc" }, take: 1 },
      },
    });
    const invitations = await tx.invitation.findMany({
      where: { tenantId, usedAt: null, expiresAt: { gt: ctx.now() } },
      orderBy: { createdAt: "desc" },
      take: limit,
      select: {
        id: true,
        email: true,
        name: true,
        role: true,
        createdBy: true,
        expiresAt: true,
      },
    });
    const people = users.map(({ disabledAt, sessions, ...user }) => ({
      ...user,
      state: disabledAt === null ? ("active" as const) : ("disabled" as const),
      lastSeenAt: sessions[0]?.seenAt ?? null,
    }));
    return { people, invitations };
  },
});
