import {
  allLimits,
  limitAllows,
  type LimitScope,
  type LimitUnit,
} from "#server/domain/listener-limits.ts";
import { highestValue, mayRaiseLimits } from "#server/services/listener-limit/internal.ts";
import { listenerLimitListSchema } from "#server/services/listener-limit/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** A limit, what it is now, and what an administrator made of it. Times are ISO 8601 in UTC. */
export type ListenerLimitView = {
  readonly scope: LimitScope;
  readonly name: string;
  /** What holds now. */
  readonly effective: number;
  readonly default: number;
  readonly min: number;
  /** What the caller's organisation may set at most: the default, unless it runs the installation. */
  readonly max: number;
  readonly unit: LimitUnit;
  readonly explanation: string;
  /** MQTT 5 reason code that a client sees beyond it; null where it is only slowed down. */
  readonly reasonCode: number | null;
  /** What was set; null while the default holds. */
  readonly override: {
    readonly value: number;
    readonly changedAt: string;
    readonly changedBy: string;
  } | null;
};

/** Every limit of the device listener, in the order of the table. */
export const listListenerLimits = defineQuery({
  name: "limit.list",
  can: "limit.view",
  input: listenerLimitListSchema,
  run: async ({ ctx, tx }): Promise<readonly ListenerLimitView[]> => {
    const rows = await tx.listenerLimit.findMany({ where: { tenantId: ctx.tenantId }, take: 1000 });
    const mayRaise = await mayRaiseLimits(tx, ctx);
    return allLimits().map(({ scope, name, description }) => {
      const row = rows.find((each) => each.scope === scope && each.name === name);
      const value = Number(row?.value ?? description.default);
      return {
        scope,
        name,
        // As the worker does: what this version does not allow does not hold.
        effective: limitAllows(description, value) ? value : description.default,
        ...description,
        max: highestValue(description, { current: value, mayRaise }),
        override:
          row === undefined
            ? null
            : { value, changedAt: row.changedAt.toISOString(), changedBy: row.changedBy },
      };
    });
  },
});
