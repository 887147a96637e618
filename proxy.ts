import { randomBytes, randomUUID } from "node:crypto";
import { NextResponse, type NextRequest } from "next/server";
import { isDevelopment, readEnv } from "#server/env.ts";
import { cookieName } from "#server/web/cookie.ts";
import { requestIdHeader } from "#server/web/request-id.ts";
import { signInPath } from "#server/web/return-path.ts";
import { forwardedHeaders, securityHeaders } from "#server/web/security-headers.ts";

/** Open without a session: signing in, the one-time links, routes that answer for themselves, files. */
const open = /^\/(sign-in|setup|invite|api|_next)(\/|$)|\.[a-z0-9]+$/;

let known: { readonly publicUrl: string; readonly development: boolean } | undefined;

function settings(): { readonly publicUrl: string; readonly development: boolean } {
  known ??= { publicUrl: readEnv().PUBLIC_URL, development: isDevelopment() };
  return known;
}

/**
 * Before every request: headers of the response, nonce, request id. A page without a session cookie
 * leads to signing in; whether a cookie counts is decided where the data is, not here.
 */
export function proxy(request: NextRequest): NextResponse {
  const { publicUrl, development } = settings();
  const nonce = randomBytes(16).toString("base64");
  const requestId = randomUUID();
  const own = securityHeaders({ nonce, https: publicUrl.startsWith("https:"), development });
  const { pathname, search } = request.nextUrl;
  const path = `${pathname}${search}`;

  const response =
    isPage(request.method, pathname) && !request.cookies.has(cookieName(publicUrl, "session"))
      ? NextResponse.redirect(new URL(signInPath(path), request.url))
      : NextResponse.next({
          request: {
            headers: forwardedHeaders(request.headers, {
              policy: own["content-security-policy"] ?? "",
              nonce,
              requestId,
              path,
            }),
          },
        });
  for (const [name, value] of Object.entries(own)) response.headers.set(name, value);
  response.headers.set(requestIdHeader, requestId);
  return response;
}

function isPage(method: string, pathname: string): boolean {
  return (method === "GET" || method === "HEAD") && !open.test(pathname);
}

/** Next keeps a body in memory while this runs, and cuts it at 10 MB; a manifest is read as it comes. */
export const config = { matcher: ["/((?!api/v1/batches/[^/]+/manifest$).*)"] };
