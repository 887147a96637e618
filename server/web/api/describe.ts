import type { z } from "zod";
import type { Operation } from "#server/web/route.ts";

/** A REST route in words and schemas: the handler and the OpenAPI document are made of the same. */
export type ApiRoute<I, T> = {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below /api/v1, with `{name}` for each path parameter: the name that the operation's input has. */
  readonly path: string;
  readonly tag: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly operation: Operation<I, T>;
  /** What the operation parses. Path parameters, the query (GET, DELETE) and the body are merged into it. */
  readonly request: z.ZodObject;
  /** What is answered; instants are ISO 8601 texts. Absent: nothing (204). */
  readonly response?: z.ZodType;
  readonly status?: 200 | 201 | 202 | 204;
  /** Media types of what is no JSON; such a body or answer is text. */
  readonly media?: { readonly body?: string; readonly answer?: string };
};

/** Of any operation, for lists. */
export type AnyApiRoute = Omit<ApiRoute<never, unknown>, "operation">;
