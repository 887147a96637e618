import { ServiceError } from "#server/services/errors.ts";
import { limitTarget, requireLimit } from "#server/services/listener-limit/internal.ts";
import { listenerLimitTarget } from "#server/services/listener-limit/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Gives a limit its default again.
 * @throws ServiceError not_found (no such limit), conflict (it has its default)
 */
export const resetListenerLimit = defineMutation({
  name: "limit.reset",
  can: "limit.manage",
  input: listenerLimitTarget,
  run: async ({ ctx, tx, input: { scope, name } }) => {
    const description = requireLimit({ scope, name });
    const key = { tenantId: ctx.tenantId, scope, name };
    const before = await tx.listenerLimit.findUnique({
      where: { tenantId_scope_name: key },
      select: { value: true },
    });
    if (before === null) {
      throw new ServiceError("conflict", "The limit has its default already.", {
        remedy: "Nothing was changed.",
      });
    }
    await tx.listenerLimit.deleteMany({ where: key });
    const value = description.default;
    return {
      value: { scope, name, value },
      audit: {
        target: limitTarget({ scope, name }),
        payload: { before: { value: Number(before.value) }, after: { value } },
      },
      control: { kind: "limits" as const, tenantId: ctx.tenantId },
    };
  },
});
