import type { z } from "zod";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Parses hostile input.
 * @throws ServiceError invalid, with one problem per field
 */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
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
