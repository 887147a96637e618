import { actorName, type Context } from "#server/services/context.ts";
import { admitSignIn, forgiveSignIn } from "#server/services/auth/throttle.ts";
import { ServiceError } from "#server/services/errors.ts";

/** One sentence for every code that does not count, so that a guess teaches nothing. */
export function notACode(): ServiceError {
  return new ServiceError(
    "not_found",
    "This code is not valid: it is mistyped, used, withdrawn or too old.",
    { remedy: "Compare it letter by letter, or ask whoever gave it to you for a new one." },
  );
}

/**
 * Lets somebody try a code, as often as passwords may be tried. What is right is taken back.
 * @throws ServiceError rate_limited, and what `work` throws
 */
export async function guessCode<T>(ctx: Context, work: () => Promise<T>): Promise<T> {
  const attempt = {
    email: `claim:${ctx.tenantId}:${actorName(ctx.actor)}`,
    ip: ctx.ip,
    familiar: false,
  };
  await admitSignIn(ctx.db, attempt, ctx.now(), "There were too many codes that are not valid.");
  const value = await work();
  await forgiveSignIn(ctx.db, attempt, ctx.now());
  return value;
}
