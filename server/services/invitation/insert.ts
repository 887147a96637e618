import type { Tx } from "#server/db/client.ts";
import type { Role } from "#server/domain/roles.ts";
import { newLinkSecret } from "#server/services/auth/secret.ts";
import { actorName, type Context } from "#server/services/context.ts";

/** How long a link counts. */
const invitationDays = 7;

/** A one-time link, told once: the database keeps its hash. The page is `/invite#<token>`. */
export type IssuedLink = {
  readonly invitationId: string;
  readonly email: string;
  readonly token: string;
  readonly expiresAt: Date;
};

/** Writes a one-time link; those issued before to the same address stop counting. */
export async function insertInvitation(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "actor" | "now">,
  person: { readonly email: string; readonly name: string; readonly role: Role },
): Promise<IssuedLink> {
  const { tenantId } = ctx;
  const now = ctx.now();
  await tx.invitation.updateMany({
    where: { tenantId, email: person.email, usedAt: null, expiresAt: { gt: now } },
    data: { expiresAt: now },
  });
  const secret = newLinkSecret();
  const expiresAt = new Date(now.getTime() + invitationDays * 86_400_000);
  const { id } = await tx.invitation.create({
    data: {
      ...person,
      tenantId,
      tokenHash: secret.hash,
      createdBy: actorName(ctx.actor),
      createdAt: now,
      expiresAt,
    },
    select: { id: true },
  });
  return { invitationId: id, email: person.email, token: secret.text, expiresAt };
}
