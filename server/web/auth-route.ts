import "server-only";
import NextAuth from "next-auth";
import { cookies } from "next/headers";
import { ServiceError } from "#server/services/errors.ts";
import { endSession } from "#server/services/session/end.ts";
import { requireSameOrigin } from "#server/web/action.ts";
import { authOptions } from "#server/web/auth-options.ts";
import { cookieName } from "#server/web/cookie.ts";
import { consoleDatabase } from "#server/web/database.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { failureOf } from "#server/web/failure.ts";
import { logBug } from "#server/web/log-bug.ts";
import { problemResponse } from "#server/web/problem.ts";
import { factsOf } from "#server/web/request-facts.ts";
import { requestIdOf } from "#server/web/request-id.ts";
import { presentedSession } from "#server/web/session.ts";

type AuthContext = { readonly params: Promise<{ readonly nextauth: string[] }> };

/** What of next-auth is used; everything else it offers does not exist here. */
const used = new Set(["GET csrf", "POST callback/credentials", "POST signout"]);

/** Sign-in and sign-out: our origin check, then next-auth's CSRF token, then the service. */
export async function authRoute(request: Request, context: AuthContext): Promise<Response> {
  const action = (await context.params).nextauth.join("/");
  const requestId = requestIdOf(request.headers);
  try {
    if (!used.has(`${request.method} ${action}`)) {
      throw new ServiceError("not_found", "There is nothing here.");
    }
    if (request.method !== "GET") requireSameOrigin(request.headers);
    // The row first: a cookie that is gone while its session lives would be no sign-out.
    if (action === "signout") await endPresentedSession(request.headers);
    const answer = (await NextAuth(authOptions())(request, context)) as Response;
    answer.headers.set("cache-control", "no-store");
    return answer;
  } catch (error) {
    const known = failureOf(error);
    if (known === undefined) logBug(error, requestId);
    const failure = known ?? {
      code: "internal" as const,
      message: "Something went wrong on our side.",
      remedy: "Try again.",
      fields: [],
    };
    return problemResponse(failure, requestId);
  }
}

async function endPresentedSession(headers: Headers): Promise<void> {
  const jar = await cookies();
  const sid = await presentedSession(
    jar.get(cookieName(consoleEnv().PUBLIC_URL, "session"))?.value,
  );
  if (sid === undefined) return;
  const { requestId, ip } = factsOf(headers);
  const end = { sid, reason: "signed out" as const, requestId, ip, now: new Date() };
  await endSession(consoleDatabase(), end);
}
