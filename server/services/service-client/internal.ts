import type { Tx } from "#server/db/client.ts";
import { lockServiceClient, type LockedServiceClient } from "#server/db/lock-service-client.ts";
import type { ControlEvent } from "#server/db/notify-control.ts";
import type { Secret } from "#server/services/auth/secret.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { grantProblems, type Grant } from "#server/services/service-client/grant-problem.ts";

/**
 * The service client that a change is about, locked until the transaction ends.
 * @param reference its UUID or its user name
 * @throws ServiceError not_found
 */
export async function findServiceClient(tx: Tx, reference: string): Promise<LockedServiceClient> {
  const client = await lockServiceClient(tx, reference);
  if (client !== undefined) return client;
  throw new ServiceError("not_found", `There is no service client “${reference}”.`, {
    remedy: "Check its user name in the list of service clients.",
  });
}

/** How the audit trail names a service client. */
export function serviceClientTargetOf({ username }: Pick<LockedServiceClient, "username">): string {
  return `serviceClient:${username}`;
}

/** Tells the workers to look at the service client again, and at its connections. */
export function serviceClientChanged(
  { tenantId }: Pick<Context, "tenantId">,
  { id }: Pick<LockedServiceClient, "id">,
): ControlEvent {
  return { kind: "service-client", tenantId, serviceClientId: id };
}

/** @throws ServiceError invalid, with one problem for each grant that cannot be */
export async function requireSoundGrants(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  grants: readonly Grant[],
): Promise<void> {
  const tenant = await tx.tenant.findUnique({
    where: { id: tenantId },
    select: { operator: true },
  });
  const fields = grantProblems(grants, tenant?.operator === true);
  const first = fields[0];
  if (first === undefined) return;
  throw new ServiceError("invalid", first.message, { fields });
}

/** Keeps the hash of a password; the caller hands its text out once. */
export async function insertPassword(
  tx: Tx,
  ctx: Context,
  password: { readonly serviceClientId: string; readonly secret: Secret },
): Promise<string> {
  const { id } = await tx.serviceClientPassword.create({
    data: {
      tenantId: ctx.tenantId,
      serviceClientId: password.serviceClientId,
      secretHash: password.secret.hash,
      createdAt: ctx.now(),
      createdBy: actorName(ctx.actor),
    },
    select: { id: true },
  });
  return id;
}
