import { randomBytes } from "node:crypto";
import { withTenant } from "#server/db/tenant.ts";
import { secretHash } from "#server/services/auth/secret.ts";
import type { Context } from "#server/services/context.ts";
import type { FoundGroup } from "#server/services/enrolment/answer.ts";

/** How long a device has for the second step, as AWS gives it. */
const redeemableForMs = 3_600_000;

/**
 * Gives the device of an enrolment in two steps a token for the second one. An earlier token of the
 * same request counts no more.
 */
export async function giveOwnership(ctx: Context, requestId: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await withTenant(ctx, (tx) =>
    tx.enrolmentRequest.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: requestId } },
      data: { ownershipHash: secretHash(token), lastAt: ctx.now() },
      select: { id: true },
    }),
  );
  return token;
}

/**
 * The device to which a token of the first step was given.
 * @returns its device id; undefined when the token is unknown, of another group, or too old
 */
export async function redeemOwnership(
  ctx: Context,
  group: Pick<FoundGroup, "id">,
  token: string,
): Promise<string | undefined> {
  return withTenant(ctx, async (tx) => {
    const request = await tx.enrolmentRequest.findFirst({
      where: {
        tenantId: ctx.tenantId,
        groupId: group.id,
        ownershipHash: secretHash(token),
        state: "enrolled",
        lastAt: { gt: new Date(ctx.now().getTime() - redeemableForMs) },
      },
      select: { deviceUuid: true },
    });
    const id = request?.deviceUuid;
    if (id == null) return undefined;
    const device = await tx.device.findUnique({
      where: { tenantId_id: { tenantId: ctx.tenantId, id } },
      select: { deviceId: true },
    });
    return device?.deviceId;
  });
}
