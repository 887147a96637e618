import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { requireGroup, type LockedGroup } from "#server/services/enrolment/internal.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A request whose group is locked: neither the device nor another person moves it meanwhile. */
export type LockedRequest = {
  readonly id: string;
  readonly registrationId: string;
  readonly serial: string;
  readonly state: "pending" | "approved" | "enrolled" | "refused";
  readonly reason: string;
  readonly decidedBy: string | null;
  readonly group: LockedGroup;
};

async function findRequest(tx: Tx, tenantId: string, requestId: string) {
  return tx.enrolmentRequest.findUnique({
    where: { tenantId_id: { tenantId, id: requestId } },
    select: {
      id: true,
      registrationId: true,
      serial: true,
      state: true,
      reason: true,
      decidedBy: true,
      groupId: true,
    },
  });
}

/**
 * The request that a person decides on.
 * @throws ServiceError not_found
 */
export async function requireRequest(
  tx: Tx,
  ctx: Pick<Context, "tenantId">,
  requestId: string,
): Promise<LockedRequest> {
  const before = await findRequest(tx, ctx.tenantId, requestId);
  const group = before === null ? undefined : await requireGroup(tx, ctx, before.groupId);
  // Again, for the lock may have waited for another's decision.
  const row = group === undefined ? null : await findRequest(tx, ctx.tenantId, requestId);
  if (row === null || group === undefined) {
    throw new ServiceError("not_found", "There is no such request.", {
      remedy: "Reload the list of requests.",
    });
  }
  const { groupId: _, ...request } = row;
  return { ...request, group };
}

/** Says who was first. */
export function decidedAlready(request: LockedRequest): ServiceError {
  const by = request.decidedBy === null ? "" : ` by ${request.decidedBy}`;
  const done = {
    pending: "waits",
    approved: `was approved${by}`,
    enrolled: "is enrolled",
    refused: `was refused${by}`,
  }[request.state];
  return new ServiceError("conflict", `${request.registrationId} ${done} already.`, {
    remedy: "Nothing was changed.",
  });
}
