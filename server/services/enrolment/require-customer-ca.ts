import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { requireGroup, type LockedGroup } from "#server/services/enrolment/internal.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A CA with its group, which is locked: nobody enrols by it, or changes it, at the same time. */
export type LockedCustomerCa = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly subject: string;
  readonly pem: string;
  readonly state: "unproven" | "active" | "disabled";
  readonly challenge: string;
  readonly notAfter: Date;
  readonly group: LockedGroup;
};

async function findCa(tx: Tx, tenantId: string, authorityId: string) {
  return tx.customerCa.findUnique({
    where: { tenantId_id: { tenantId, id: authorityId } },
    select: {
      id: true,
      name: true,
      sha256: true,
      subject: true,
      pem: true,
      state: true,
      challenge: true,
      notAfter: true,
      groupId: true,
    },
  });
}

/**
 * The CA that a change is about.
 * @throws ServiceError not_found
 */
export async function requireCustomerCa(
  tx: Tx,
  ctx: Pick<Context, "tenantId">,
  authorityId: string,
): Promise<LockedCustomerCa> {
  const before = await findCa(tx, ctx.tenantId, authorityId);
  const group = before === null ? undefined : await requireGroup(tx, ctx, before.groupId);
  // Again, for the lock may have waited for another's change of it.
  const row = group === undefined ? null : await findCa(tx, ctx.tenantId, authorityId);
  if (row === null || group === undefined) {
    throw new ServiceError("not_found", "There is no such CA.", {
      remedy: "Check the CAs on the page of the enrolment group.",
    });
  }
  const { groupId: _, ...ca } = row;
  return { ...ca, group };
}
