import type { z } from "zod";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Parses hostile input.
 * @throws ServiceError invalid, with one problem per field
 */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const unstorable = pathOfUnstorable(raw, []);
  if (unstorable !== undefined) {
    const message = "Leave out the characters that are no text (null, or half of a character).";
    throw new ServiceError("invalid", message, {
      fields: [{ path: unstorable.join("."), message }],
    });
  }
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const fields = result.error.issues.map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const first = fields[0];
  const where = first === undefined || first.path === "" ? "" : `${first.path}: `;
  throw new ServiceError("invalid", `${where}${first?.message ?? "The input does not fit."}`, {
    fields,
  });
}

const maxDepth = 32;

/** Where a text is that PostgreSQL does not take: it would end as a fault of the server. */
function pathOfUnstorable(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === "string") {
    return value.includes("\0") || !value.isWellFormed() ? path : undefined;
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  // No schema is that deep, and what is nested without end must not exhaust the stack.
  if (path.length > maxDepth) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const found = pathOfUnstorable(part, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
