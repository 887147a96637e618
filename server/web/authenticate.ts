import "server-only";
import { cookies } from "next/headers";
import { takeOne, type Bucket } from "#server/domain/token-bucket.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { authenticateToken } from "#server/services/token/authenticate.ts";
import { requireSameOrigin } from "#server/web/action.ts";
import { cookieName } from "#server/web/cookie.ts";
import { consoleDatabase } from "#server/web/database.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { factsOf } from "#server/web/request-facts.ts";
import { sessionContext } from "#server/web/session.ts";
import { consoleKeyring } from "#server/web/keyring.ts";
import { consoleSigner } from "#server/web/signer.ts";

/** Of each token, in each console process. */
const tokenLimits = { capacity: 200, perSecond: 50 };
const buckets = new Map<string, Bucket>();

/**
 * Who calls a route: a bearer token, or else the session cookie. With a cookie, methods that change
 * something must come from our own pages.
 * @throws ServiceError unauthenticated, forbidden (another site), rate_limited
 */
export async function authenticateRequest(
  request: Request,
  accept: "token or session" | "session",
): Promise<Context> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null && accept === "token or session") {
    return tokenContext(request, authorization);
  }
  if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request.headers);
  const jar = await cookies();
  const cookie = jar.get(cookieName(consoleEnv().PUBLIC_URL, "session"))?.value;
  const session = await sessionContext(cookie, factsOf(request.headers));
  if (session !== undefined) return session;
  throw new ServiceError("unauthenticated", "Nobody is signed in.", {
    remedy:
      accept === "session"
        ? "Sign in, then try again."
        : "Send an API token: Authorization: Bearer qs_….",
  });
}

async function tokenContext(request: Request, authorization: string): Promise<Context> {
  const db = consoleDatabase();
  const now = () => new Date();
  const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
  const token = await authenticateToken(db, text, now());
  if (token === undefined) {
    throw new ServiceError("unauthenticated", "This API token does not count.", {
      remedy: "It is unknown, revoked or expired: make a new one under Settings › API tokens.",
    });
  }
  spend(token.id, now());
  const { requestId, ip } = factsOf(request.headers);
  return {
    db,
    tenantId: token.tenantId,
    actor: { type: "token", id: token.id, name: token.name },
    role: token.role,
    requestId,
    ip,
    now,
    signer: consoleSigner(),
    keyring: consoleKeyring(),
  };
}

function spend(tokenId: string, now: Date): void {
  const verdict = takeOne(buckets.get(tokenId), tokenLimits, now);
  if (buckets.size > 10_000) buckets.clear();
  buckets.set(tokenId, verdict.bucket);
  if (!verdict.allowed) {
    throw new ServiceError("rate_limited", "This API token sends too many requests.", {
      remedy: `Wait ${verdict.retryAfterSeconds} s; at most ${tokenLimits.perSecond} a second.`,
    });
  }
}
