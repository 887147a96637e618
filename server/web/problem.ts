import type { ServiceErrorCode } from "#server/services/errors.ts";
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

/** HTTP's answer to each expected failure. RFC 9110 section 15 names them. */
export function statusOf(code: ServiceErrorCode | "internal"): {
  readonly status: number;
  readonly title: string;
} {
  switch (code) {
    case "unauthenticated":
      return { status: 401, title: "Unauthorized" };
    case "forbidden":
      return { status: 403, title: "Forbidden" };
    case "not_found":
      return { status: 404, title: "Not Found" };
    case "conflict":
      return { status: 409, title: "Conflict" };
    case "invalid":
      return { status: 422, title: "Unprocessable Content" };
    case "rate_limited":
      return { status: 429, title: "Too Many Requests" };
    case "unavailable":
      return { status: 503, title: "Service Unavailable" };
    case "internal":
      return { status: 500, title: "Internal Server Error" };
  }
}

/** The answer to a request that failed. */
export function problemResponse(
  failure: Failure,
  requestId: string,
  more: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const { status, title } = statusOf(failure.code);
  const problem: Problem = {
    type: "about:blank",
    title,
    status: more.status ?? status,
    detail: failure.message,
    code: failure.code,
    remedy: failure.remedy,
    fields: failure.fields,
    requestId,
  };
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
      ...(failure.code === "unauthenticated" ? { "www-authenticate": "Bearer" } : {}),
      ...(failure.code === "unavailable" ? { "retry-after": "5" } : {}),
      ...more.headers,
    },
  });
}
