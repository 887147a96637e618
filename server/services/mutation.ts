import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { notifyControl, type ControlEvent } from "#server/db/notify-control.ts";
import { withTenant } from "#server/db/tenant.ts";
import { may, type Capability } from "#server/domain/roles.ts";
import { appendAudit, type AuditEntry } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** What `run` gives back. Without `audit` it does not compile: a change and its record are one. */
export type MutationResult<T> = {
  readonly value: T;
  readonly audit: AuditEntry;
  /** Told to the workers when, and only when, the transaction commits. */
  readonly control?: ControlEvent;
};

export type Mutation<S extends z.ZodType, T> = {
  readonly name: string;
  readonly can: Capability;
  readonly input: S;
  /**
   * The change itself, for those who make many in one transaction of their own: they have asked for
   * the capability, and append the audit entry and tell the workers as this would.
   */
  readonly run: Run<S, T>;
  (ctx: Context, input: z.input<S>): Promise<T>;
};

type Run<S extends z.ZodType, T> = (at: {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly input: z.output<S>;
}) => Promise<MutationResult<T>>;

/**
 * A change by a person, a token or a job: capability, parse, one tenant transaction in which `run`
 * works and its audit event is chained, commit, then NOTIFY.
 * @throws ServiceError forbidden (recorded as denied), invalid, and whatever `run` throws
 */
export function defineMutation<S extends z.ZodType, T>(spec: {
  readonly name: string;
  readonly can: Capability;
  readonly input: S;
  /** Of its transaction, for the few that change very many rows at once. */
  readonly timeoutMs?: number;
  readonly run: Run<S, T>;
}): Mutation<S, T> {
  const call = async (ctx: Context, raw: z.input<S>): Promise<T> => {
    await requireCapability(ctx, spec);
    const input = parseInput(spec.input, raw);
    return translateDatabaseError(() =>
      withTenant(
        ctx,
        async (tx) => {
          const result = await spec.run({ ctx, tx, input });
          await appendAudit(tx, ctx, { ...result.audit, action: spec.name });
          if (result.control !== undefined) await notifyControl(tx, result.control);
          return result.value;
        },
        spec.timeoutMs === undefined ? {} : { timeoutMs: spec.timeoutMs },
      ),
    );
  };
  Object.defineProperty(call, "name", { value: spec.name });
  return Object.assign(call, { can: spec.can, input: spec.input, run: spec.run });
}

/**
 * Refuses what the role may not do, and records the attempt.
 * @throws ServiceError forbidden
 */
export async function requireCapability(
  ctx: Context,
  { name, can }: { readonly name: string; readonly can: Capability },
): Promise<void> {
  if (may(ctx.role, can)) return;
  await withTenant(ctx, (tx) =>
    appendAudit(tx, ctx, {
      action: name,
      target: `capability:${can}`,
      outcome: "denied",
      reason: `The role ${ctx.role} may not do this.`,
      payload: {},
    }),
  );
  throw new ServiceError("forbidden", "Your role does not allow this.", {
    remedy: "Ask an administrator of your organisation.",
  });
}
