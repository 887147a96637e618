import { readChildPolicy, type ChildPolicy } from "#server/domain/child-policy.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { requireGateway } from "#server/services/gateway/require-gateway.ts";
import { setChildPolicySchema } from "#server/services/gateway/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type ChildPolicySet = { readonly deviceId: string; readonly policy: ChildPolicy };

/**
 * Says what becomes of children that a gateway names and nobody has registered.
 * @throws ServiceError not_found (device, profile), conflict (decommissioned, behind a gateway itself)
 */
export const setChildPolicy = defineMutation({
  name: "gateway.setChildPolicy",
  can: "device.manage",
  input: setChildPolicySchema,
  run: async ({ ctx, tx, input: { deviceId, policy } }) => {
    const gateway = await requireGateway(tx, deviceId);
    const where = { tenantId_id: { tenantId: ctx.tenantId, id: gateway.id } };
    if (policy.mode === "register") {
      const profile = await tx.profile.findFirst({
        where: { tenantId: ctx.tenantId, id: policy.profileId },
        select: { id: true },
      });
      if (profile === null) {
        throw new ServiceError("not_found", `There is no profile “${policy.profileId}”.`, {
          remedy: "Choose one of the list of profiles.",
          fields: [{ path: "policy.profileId", message: "There is no such profile." }],
        });
      }
    }
    const { childPolicy } = await tx.device.findUniqueOrThrow({
      where,
      select: { childPolicy: true },
    });
    await tx.device.update({ where, data: { childPolicy: policy }, select: { id: true } });
    const value: ChildPolicySet = { deviceId: gateway.deviceId, policy };
    return {
      value,
      audit: {
        target: deviceTarget(gateway),
        payload: { before: readChildPolicy(childPolicy), after: policy },
      },
      control: deviceChanged(ctx, gateway),
    };
  },
});
