import "server-only";
import { decode } from "next-auth/jwt";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import type { Context } from "#server/services/context.ts";
import { loadSession, type LiveSession } from "#server/services/session/load.ts";
import { cookieName } from "#server/web/cookie.ts";
import { consoleDatabase } from "#server/web/database.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { consoleKeyring } from "#server/web/keyring.ts";
import { factsOf, type RequestFacts } from "#server/web/request-facts.ts";
import { pathHeader, signInPath } from "#server/web/return-path.ts";
import { consoleSigner } from "#server/web/signer.ts";

/** Context of a person in the browser, with what the shell shows of them. */
export type SessionContext = Context &
  Pick<LiveSession, "user" | "organisation" | "absoluteAt"> & { readonly sessionId: string };

const claims = z.object({ sid: z.string() });

/** The session id inside the cookie: everything else about the session is in the database. */
export async function presentedSession(cookie: string | undefined): Promise<string | undefined> {
  if (cookie === undefined || cookie === "") return undefined;
  try {
    const token = await decode({ token: cookie, secret: consoleEnv().SESSION_SECRET });
    return claims.safeParse(token).data?.sid;
  } catch {
    // Forged, of another installation or past its end: as good as none.
    return undefined;
  }
}

/** Context of the session behind a cookie, or undefined; loads the session's row every time. */
export async function sessionContext(
  cookie: string | undefined,
  facts: RequestFacts,
): Promise<SessionContext | undefined> {
  const sid = await presentedSession(cookie);
  if (sid === undefined) return undefined;
  const db = consoleDatabase();
  const now = () => new Date();
  const session = await loadSession(db, sid, now());
  if (session === undefined) return undefined;
  const { tenantId, sessionId, user, organisation, absoluteAt } = session;
  return {
    db,
    tenantId,
    actor: { type: "user", id: user.id, email: user.email, sessionId },
    role: user.role,
    requestId: facts.requestId,
    ip: facts.ip,
    now,
    signer: consoleSigner(),
    keyring: consoleKeyring(),
    sessionId,
    user,
    organisation,
    absoluteAt,
  };
}

/** The caller's session, looked up once in a request; undefined when there is none that counts. */
export const currentSession = cache(async (): Promise<SessionContext | undefined> => {
  const jar = await cookies();
  const cookie = jar.get(cookieName(consoleEnv().PUBLIC_URL, "session"))?.value;
  return sessionContext(cookie, factsOf(await headers()));
});

/** The caller's session; without one the browser is sent to sign in and back here. */
export async function requireSession(): Promise<SessionContext> {
  const session = await currentSession();
  if (session !== undefined) return session;
  redirect(signInPath((await headers()).get(pathHeader)));
}
