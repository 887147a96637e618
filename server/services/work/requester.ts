import type { Tx } from "#server/db/client.ts";
import { may, type Capability, type Role } from "#server/domain/roles.ts";
import type { Actor } from "#server/services/context.ts";

/** Whoever asked for work, as its row says it. */
export type Requester = { readonly createdBy: string; readonly userId: string | null };

/** Who the work is done as, or why it may not be done any more. */
export type Standing =
  | { readonly may: true; readonly actor: Actor; readonly role: Role }
  | { readonly may: false; readonly reason: string };

const tokenPrefix = "token:";
const systemPrefix = "system:";

/**
 * Reads again whether whoever asked for work may still do it: people are disabled, demoted, and tokens
 * revoked while work waits or runs.
 */
export async function standingOf(
  tx: Tx,
  at: Requester & { readonly tenantId: string; readonly now: Date; readonly can: Capability },
): Promise<Standing> {
  if (at.userId !== null) return standingOfPerson(tx, { ...at, userId: at.userId });
  if (at.createdBy.startsWith(tokenPrefix)) return standingOfToken(tx, at);
  const name = at.createdBy.startsWith(systemPrefix)
    ? at.createdBy.slice(systemPrefix.length)
    : at.createdBy;
  // The command line on the machine itself, and the product: nobody can take that away.
  return { may: true, actor: { type: "system", name }, role: "admin" };
}

async function standingOfPerson(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly userId: string;
    readonly createdBy: string;
    readonly can: Capability;
  },
): Promise<Standing> {
  const user = await tx.user.findUnique({
    where: { tenantId_id: { tenantId: at.tenantId, id: at.userId } },
    select: { id: true, email: true, role: true, disabledAt: true },
  });
  if (user === null || user.disabledAt !== null) {
    return { may: false, reason: `${at.createdBy} cannot sign in any more.` };
  }
  if (!may(user.role, at.can)) {
    return { may: false, reason: `${user.email} does not have the role for it any more.` };
  }
  const actor = { type: "user" as const, id: user.id, email: user.email, sessionId: "" };
  return { may: true, actor, role: user.role };
}

/** Tokens of the same name are one caller, as they are in the audit trail. */
async function standingOfToken(
  tx: Tx,
  at: Requester & { readonly tenantId: string; readonly now: Date; readonly can: Capability },
): Promise<Standing> {
  const name = at.createdBy.slice(tokenPrefix.length);
  const tokens = await tx.apiToken.findMany({
    where: {
      tenantId: at.tenantId,
      name,
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: at.now } }],
    },
    select: { id: true, role: true },
    take: 100,
  });
  const token = tokens.find(({ role }) => may(role, at.can));
  return token === undefined
    ? { may: false, reason: `The API token “${name}” does not count for it any more.` }
    : { may: true, actor: { type: "token", id: token.id, name }, role: token.role };
}
