import { randomUUID } from "node:crypto";

/** Set by proxy.ts on every request, whatever the client sent. */
export const requestIdHeader = "x-request-id";

/** The request's id for audit and problem documents. */
export function requestIdOf(headers: Pick<Headers, "get">): string {
  const given = headers.get(requestIdHeader);
  return given !== null && /^[0-9a-f-]{36}$/.test(given) ? given : randomUUID();
}
