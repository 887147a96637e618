import "server-only";
import { revalidatePath } from "next/cache";
import { headers } from "next/headers";
import { unstable_rethrow as rethrowNavigation } from "next/navigation";
import type { Database } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { consoleDatabase } from "#server/web/database.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { failureOf, type Failure } from "#server/web/failure.ts";
import { logBug } from "#server/web/log-bug.ts";
import { factsOf, type RequestFacts } from "#server/web/request-facts.ts";
import { judgeOrigin, originFacts } from "#server/web/same-origin.ts";
import { currentSession } from "#server/web/session.ts";

/** What a server action answers; it never throws what a person could have caused. */
export type ActionResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };

/**
 * A server action: same-origin check, session, then the service's own rules.
 * @param operation a mutation, or any service function that takes the caller's context
 * @param revalidate paths whose rendered data changed
 */
export function defineAction<I, T>(
  operation: (ctx: Context, input: I) => Promise<T>,
  { revalidate = [] }: { readonly revalidate?: readonly string[] } = {},
): (input: I) => Promise<ActionResult<T>> {
  return async (input) =>
    answer(async (facts) => {
      const ctx = await currentSession();
      if (ctx === undefined) {
        throw new ServiceError("unauthenticated", "Your session has ended.", {
          remedy: "Sign in again.",
        });
      }
      const value = await operation({ ...ctx, requestId: facts.requestId }, input);
      for (const path of revalidate) revalidatePath(path);
      return value;
    });
}

/** What a service that nobody has signed in for may know of its caller. */
export type PublicFacts = RequestFacts & { readonly db: Database; readonly now: () => Date };

/** A server action of a person who is not signed in yet: set-up, an invitation. */
export function definePublicAction<I, T>(
  operation: (facts: PublicFacts, input: I) => Promise<T>,
): (input: I) => Promise<ActionResult<T>> {
  return async (input) =>
    answer((facts) => operation({ ...facts, db: consoleDatabase(), now: () => new Date() }, input));
}

async function answer<T>(work: (facts: RequestFacts) => Promise<T>): Promise<ActionResult<T>> {
  const list = await headers();
  const facts = factsOf(list);
  try {
    requireSameOrigin(list);
    return { ok: true, value: await work(facts) };
  } catch (error) {
    rethrowNavigation(error);
    const known = failureOf(error);
    if (known !== undefined) return { ok: false, error: known };
    logBug(error, facts.requestId);
    return { ok: false, error: internalFailure(facts.requestId) };
  }
}

/** @throws ServiceError forbidden when the request comes from elsewhere or does not say from where */
export function requireSameOrigin(list: Pick<Headers, "get">): void {
  const verdict = judgeOrigin(originFacts(list), consoleEnv().PUBLIC_URL);
  if (!verdict.allowed) {
    throw new ServiceError("forbidden", verdict.reason, { remedy: "Open the page again." });
  }
}

function internalFailure(requestId: string): Failure {
  return {
    code: "internal",
    message: "Something went wrong on our side.",
    remedy: `Try again. If it stays, give your administrator this number: ${requestId}`,
    fields: [],
  };
}
