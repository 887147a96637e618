import type { Tx } from "#server/db/client.ts";
import { lockAdministrators } from "#server/db/lock-administrators.ts";
import type { Role } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** What the changes of a person need to know of them. */
export type UserRow = {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly disabledAt: Date | null;
};

/** @throws ServiceError not_found, also for a person of another organisation */
export async function loadUser(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  id: string,
): Promise<UserRow> {
  const user = await tx.user.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { id: true, email: true, role: true, disabledAt: true },
  });
  if (user !== null) return user;
  throw new ServiceError("not_found", "There is no such person in your organisation.", {
    remedy: "Reload the list.",
  });
}

/** @throws ServiceError conflict when nobody else could administer the organisation afterwards */
export async function requireAnotherAdministrator(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  { id, email }: UserRow,
): Promise<void> {
  const administrators = await lockAdministrators(tx, tenantId);
  if (!administrators.includes(id) || administrators.length > 1) return;
  throw new ServiceError("conflict", `${email} is the last administrator.`, {
    remedy: "Make somebody else an administrator first.",
  });
}

/** Ends the person's sessions; returns how many. */
export async function revokeSessionsOf(
  tx: Tx,
  { tenantId, now }: Pick<Context, "tenantId" | "now">,
  { userId, except }: { readonly userId: string; readonly except?: string },
): Promise<number> {
  const ended = await tx.session.updateMany({
    where: {
      tenantId,
      userId,
      revokedAt: null,
      absoluteAt: { gt: now() },
      ...(except === undefined ? {} : { id: { not: except } }),
    },
    data: { revokedAt: now() },
  });
  return ended.count;
}
