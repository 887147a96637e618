import { ServiceError } from "#server/services/errors.ts";

/**
 * A whole question as JSON in one parameter of an address; the operation parses what it says.
 * @throws ServiceError invalid when it is no JSON object
 */
export function parseQuestion(text: unknown): object {
  let value: unknown;
  try {
    value = typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null) return value;
  throw new ServiceError("invalid", "q must be a question as JSON.", {
    fields: [{ path: "q", message: "must be a question as JSON" }],
  });
}
