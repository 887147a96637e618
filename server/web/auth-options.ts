import "server-only";
import type { AuthOptions } from "next-auth";
import type { JWT } from "next-auth/jwt";
import { cookies } from "next/headers";
import Credentials from "next-auth/providers/credentials";
import { absoluteHours } from "#server/domain/session-life.ts";
import { signIn } from "#server/services/auth/sign-in.ts";
import { cookieName } from "#server/web/cookie.ts";
import { consoleDatabase } from "#server/web/database.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { failureOf } from "#server/web/failure.ts";
import { logBug } from "#server/web/log-bug.ts";
import { requestFacts } from "#server/web/request-facts.ts";
import { presentedSession } from "#server/web/session.ts";

/**
 * next-auth keeps the cookie and the CSRF token; who is signed in is decided by the session's row.
 * The token in the cookie holds the session id and nothing else.
 */
export function authOptions(): AuthOptions {
  const { PUBLIC_URL, SESSION_SECRET } = consoleEnv();
  const secure = PUBLIC_URL.startsWith("https:");
  const options = { httpOnly: true, sameSite: "lax" as const, path: "/", secure };
  const cookie = (name: Parameters<typeof cookieName>[1]) => ({
    name: cookieName(PUBLIC_URL, name),
    options,
  });
  return {
    secret: SESSION_SECRET,
    useSecureCookies: secure,
    cookies: {
      sessionToken: cookie("session"),
      csrfToken: cookie("csrf"),
      callbackUrl: cookie("return"),
    },
    session: { strategy: "jwt", maxAge: absoluteHours * 3600 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      Credentials({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: async (credentials) => ({ id: await authorize(credentials) }),
      }),
    ],
    callbacks: { jwt: ({ token, user }) => ({ sid: sessionIdOf(token, user) }) },
    logger: { error: (code) => logBug(new Error(`next-auth: ${code}`), "none") },
  };
}

/** The user is absent, whatever the type says, when next-auth only reads the token again. */
function sessionIdOf(token: JWT, user: { readonly id: string } | undefined) {
  return user?.id ?? token["sid"];
}

/**
 * @returns the new session's id
 * @throws Error whose text is the failure as JSON: next-auth passes nothing but a text on
 */
async function authorize(credentials: unknown): Promise<string> {
  const facts = await requestFacts();
  try {
    const jar = await cookies();
    const cookie = jar.get(cookieName(consoleEnv().PUBLIC_URL, "session"))?.value;
    const replaces = await presentedSession(cookie);
    const session = await signIn(
      {
        db: consoleDatabase(),
        ...facts,
        now: () => new Date(),
        ...(replaces === undefined ? {} : { replaces }),
      },
      credentials,
    );
    return session.sid;
  } catch (error) {
    const known = failureOf(error);
    if (known === undefined) logBug(error, facts.requestId);
    const failure = known ?? {
      code: "internal",
      message: "Something went wrong on our side.",
      remedy: `Try again. If it stays, give your administrator this number: ${facts.requestId}`,
    };
    const { code, message, remedy } = failure;
    throw new Error(JSON.stringify({ code, message, remedy }));
  }
}
