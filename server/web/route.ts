import "server-only";
import type { Context } from "#server/services/context.ts";
import { authenticateRequest } from "#server/web/authenticate.ts";
import { failureOf } from "#server/web/failure.ts";
import { logBug } from "#server/web/log-bug.ts";
import { problemResponse } from "#server/web/problem.ts";
import { BodyRefusal, readJsonBody } from "#server/web/read-body.ts";
import { requestIdOf } from "#server/web/request-id.ts";

type Params = Readonly<Record<string, string | string[] | undefined>>;

/** What Next hands to a route beside the request. */
type RouteContext = { readonly params: Promise<Params> };

export type RouteHandler = (request: Request, context: RouteContext) => Promise<Response>;

/** Everything that a request says, before anyone has checked it. */
export type RequestParts = {
  readonly params: Params;
  /** A key that comes twice becomes a list. */
  readonly query: Params;
  readonly body: Readonly<Record<string, unknown>>;
};

/** A query, a mutation, or any service function that takes the caller's context. */
export type Operation<I, T> = (ctx: Context, input: I) => Promise<T>;

type OperationRoute<I, T> = {
  readonly operation: Operation<I, T>;
  /** Default: query, then body, then path parameters, which nobody can override. */
  readonly input?: (parts: RequestParts) => unknown;
  readonly status?: 200 | 201 | 202 | 204;
};

/** A REST route: bearer token or session, JSON in, JSON or a problem document out. */
export function defineRoute<I, T>(spec: OperationRoute<I, T>): RouteHandler {
  return operationRoute(spec, "token or session");
}

/** A GET route of the console's own pages: session only. */
export function sessionRoute<I, T>(
  operation: Operation<I, T>,
  input?: (parts: RequestParts) => unknown,
): RouteHandler {
  return operationRoute({ operation, ...(input === undefined ? {} : { input }) }, "session");
}

/**
 * A route that answers by itself (a stream, a file, text). It is given the authenticated caller;
 * a ServiceError that it throws before answering becomes a problem document.
 */
export function handlerRoute(spec: {
  readonly accept: "token or session" | "session";
  readonly handle: (ctx: Context, request: Request, params: Params) => Promise<Response>;
}): RouteHandler {
  return async (request, context) =>
    guarded(request, async () => {
      const ctx = await authenticateRequest(request, spec.accept);
      return spec.handle(ctx, request, await context.params);
    });
}

function operationRoute<I, T>(
  { operation, input = mergeParts, status = 200 }: OperationRoute<I, T>,
  accept: "token or session" | "session",
): RouteHandler {
  return async (request, context) =>
    guarded(request, async () => {
      const ctx = await authenticateRequest(request, accept);
      const raw = input({
        params: await context.params,
        query: queryOf(new URL(request.url).searchParams),
        body: request.method === "GET" ? {} : await readJsonBody(request),
      });
      // The operation parses what it is given: its type is a promise to our own callers only.
      const value = await operation({ ...ctx, signal: request.signal }, raw as I);
      return jsonResponse(value, status, ctx.requestId);
    });
}

function mergeParts({ params, query, body }: RequestParts): unknown {
  return { ...query, ...body, ...params };
}

function queryOf(search: URLSearchParams): Params {
  const entries = new Map<string, string | string[]>();
  for (const key of new Set(search.keys())) {
    const values = search.getAll(key);
    entries.set(key, values.length === 1 ? (values[0] ?? "") : values);
  }
  return Object.fromEntries(entries);
}

function jsonResponse(value: unknown, status: number, requestId: string): Response {
  const headers = { "cache-control": "no-store", "x-request-id": requestId };
  if (status === 204) return new Response(null, { status, headers });
  const text = JSON.stringify(value ?? null, (_, inner: unknown) =>
    typeof inner === "bigint" ? inner.toString() : inner,
  );
  return new Response(text, {
    status,
    headers: { ...headers, "content-type": "application/json" },
  });
}

async function guarded(request: Request, work: () => Promise<Response>): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  try {
    return await work();
  } catch (error) {
    const known = failureOf(error);
    if (known !== undefined) {
      const more = error instanceof BodyRefusal ? { status: error.status } : {};
      return problemResponse(known, requestId, more);
    }
    logBug(error, requestId);
    const failure = {
      code: "internal" as const,
      message: "Something went wrong on our side.",
      remedy: `Try again. If it stays, look for request ${requestId} in the console's log.`,
      fields: [],
    };
    return problemResponse(failure, requestId);
  }
}
