import { limitAllows, type LimitDescription } from "#server/domain/listener-limits.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import {
  highestValue,
  limitTarget,
  mayRaiseLimits,
  requireLimit,
} from "#server/services/listener-limit/internal.ts";
import { setListenerLimitSchema } from "#server/services/listener-limit/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Sets a limit of the device listener; connections that are opened from now on follow it. Only the
 * organisation that runs the installation raises one above its default.
 * @throws ServiceError not_found (no such limit), invalid (outside its bounds), forbidden (above the
 *   default), conflict (it has this value)
 */
export const setListenerLimit = defineMutation({
  name: "limit.set",
  can: "limit.manage",
  input: setListenerLimitSchema,
  run: async ({ ctx, tx, input: { scope, name, value } }) => {
    const description = requireLimit({ scope, name });
    if (!limitAllows(description, value)) {
      const { min, max, unit } = description;
      const message = `Choose a whole number from ${min} to ${max} (${unit}).`;
      throw new ServiceError("invalid", message, { fields: [{ path: "value", message }] });
    }
    const key = { tenantId: ctx.tenantId, scope, name };
    const where = { tenantId_scope_name: key };
    const before = await tx.listenerLimit.findUnique({ where, select: { value: true } });
    const was = before === null ? description.default : Number(before.value);
    if (before !== null && was === value) {
      throw new ServiceError("conflict", `The limit is ${value} already.`, {
        remedy: "Nothing was changed.",
      });
    }
    const current = { current: was, mayRaise: await mayRaiseLimits(tx, ctx) };
    if (value > highestValue(description, current)) throw aboveDefault(description);
    const change = {
      value: BigInt(value),
      changedAt: ctx.now(),
      changedBy: actorName(ctx.actor),
    };
    await tx.listenerLimit.upsert({
      where,
      create: { ...key, ...change },
      update: change,
      select: { name: true },
    });
    return {
      value: { scope, name, value },
      audit: {
        target: limitTarget({ scope, name }),
        payload: { before: { value: was }, after: { value } },
      },
      control: { kind: "limits" as const, tenantId: ctx.tenantId },
    };
  },
});

function aboveDefault({ default: most, unit }: LimitDescription): ServiceError {
  return new ServiceError(
    "forbidden",
    `Your organisation may set this limit to at most ${most} (${unit}), its default: what is above it is taken from the other organisations of this installation.`,
    { remedy: "Ask the operator of the installation to raise it." },
  );
}
