import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Capability } from "#server/domain/roles.ts";
import { appendAudit, type AuditEntry } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";
import { requireCapability } from "#server/services/mutation.ts";
import type { Query } from "#server/services/query.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/**
 * A read of what devices have sent, which may be personal: it is recorded before it is answered.
 * What takes long runs between the two transactions, so that nobody waits for its locks.
 * @throws ServiceError forbidden (recorded as denied), invalid, and what `read` throws
 */
export function defineInspection<S extends z.ZodType, E, T>(spec: {
  readonly name: string;
  readonly can: Capability;
  readonly input: S;
  readonly read: (at: {
    readonly ctx: Context;
    readonly tx: Tx;
    readonly input: z.output<S>;
  }) => Promise<E>;
  readonly conclude: (
    read: E,
    at: { readonly ctx: Context; readonly input: z.output<S> },
  ) => Promise<{ readonly value: T; readonly audit: AuditEntry }>;
}): Query<S, T> {
  const call = async (ctx: Context, raw: z.input<S>): Promise<T> => {
    await requireCapability(ctx, spec);
    const input = parseInput(spec.input, raw);
    const read = await translateDatabaseError(() =>
      withTenant(ctx, (tx) => spec.read({ ctx, tx, input })),
    );
    const { value, audit } = await spec.conclude(read, { ctx, input });
    await translateDatabaseError(() =>
      withTenant(ctx, (tx) => appendAudit(tx, ctx, { ...audit, action: spec.name })),
    );
    return value;
  };
  Object.defineProperty(call, "name", { value: spec.name });
  return Object.assign(call, { can: spec.can, input: spec.input });
}
