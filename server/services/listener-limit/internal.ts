import type { Tx } from "#server/db/client.ts";
import { describeLimit, type LimitDescription } from "#server/domain/listener-limits.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

type Target = { readonly scope: string; readonly name: string };

/** @throws ServiceError not_found */
export function requireLimit({ scope, name }: Target): LimitDescription {
  const description = describeLimit(scope, name);
  if (description !== undefined) return description;
  throw new ServiceError("not_found", `There is no limit “${name}” of a ${scope}.`, {
    remedy: "Choose one of the list of limits.",
  });
}

/** How the audit trail names a limit. */
export function limitTarget({ scope, name }: Target): string {
  return `limit:${scope}.${name}`;
}

/**
 * Whether the caller may raise a limit above its default: the organisation that runs the installation,
 * and whoever sits at its machine. What limits take, all organisations share.
 */
export async function mayRaiseLimits(
  tx: Tx,
  { tenantId, actor }: Pick<Context, "tenantId" | "actor">,
): Promise<boolean> {
  if (actor.type === "system") return true;
  const where = { id: tenantId };
  const tenant = await tx.tenant.findUnique({ where, select: { operator: true } });
  return tenant?.operator === true;
}

/** The largest value that the caller may set: its own is left to an organisation that was given it. */
export function highestValue(
  description: Pick<LimitDescription, "default" | "max">,
  { current, mayRaise }: { readonly current: number; readonly mayRaise: boolean },
): number {
  if (mayRaise) return description.max;
  return Math.min(description.max, Math.max(description.default, current));
}
