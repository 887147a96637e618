import { STATUS_CODES } from "node:http";
import type { Failure } from "#server/web/failure.ts";

/** RFC 9457 problem document, with what this product adds. */
export type Problem = {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: Failure["code"];
  readonly remedy: string | null;
  readonly fields: Failure["fields"];
  readonly requestId: string;
};

/** HTTP's status for each expected failure (RFC 9110 section 15). */
function statusOf(code: Failure["code"]): number {
  switch (code) {
    case "unauthenticated":
      return 401;
    case "forbidden":
      return 403;
    case "not_found":
      return 404;
    case "conflict":
      return 409;
    case "invalid":
      return 422;
    case "rate_limited":
      return 429;
    case "unavailable":
      return 503;
    case "internal":
      return 500;
  }
}

/** The answer to a request that failed. */
export function problemResponse(
  failure: Failure,
  requestId: string,
  more: { readonly status?: number } = {},
): Response {
  const status = more.status ?? statusOf(failure.code);
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: failure.message,
    code: failure.code,
    remedy: failure.remedy,
    fields: failure.fields,
    requestId,
  };
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
      ...(failure.code === "unauthenticated" ? { "www-authenticate": "Bearer" } : {}),
      ...(failure.code === "unavailable" ? { "retry-after": "5" } : {}),
    },
  });
}
