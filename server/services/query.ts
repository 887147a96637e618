import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Capability } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";
import { requireCapability } from "#server/services/mutation.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

export type Query<S extends z.ZodType, T> = {
  readonly name: string;
  readonly can: Capability;
  readonly input: S;
  (ctx: Context, input: z.input<S>): Promise<T>;
};

/**
 * A read: capability, parse, one tenant transaction. It returns a DTO, never a row.
 * @throws ServiceError forbidden (recorded as denied), invalid, not_found
 */
export function defineQuery<S extends z.ZodType, T>(spec: {
  readonly name: string;
  readonly can: Capability;
  readonly input: S;
  /** False for a page that indexes find: see withTenant. */
  readonly parallel?: boolean;
  readonly run: (at: {
    readonly ctx: Context;
    readonly tx: Tx;
    readonly input: z.output<S>;
  }) => Promise<T>;
}): Query<S, T> {
  const call = async (ctx: Context, raw: z.input<S>): Promise<T> => {
    await requireCapability(ctx, spec);
    const input = parseInput(spec.input, raw);
    const { parallel = true } = spec;
    return translateDatabaseError(() =>
      withTenant(ctx, (tx) => spec.run({ ctx, tx, input }), { parallel }),
    );
  };
  Object.defineProperty(call, "name", { value: spec.name });
  return Object.assign(call, { can: spec.can, input: spec.input });
}
