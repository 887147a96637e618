import { ServiceError } from "#server/services/errors.ts";

/**
 * A question that is sent as JSON in one parameter of an address; the operation parses what is in it.
 * @throws ServiceError invalid
 */
export function jsonParameter(text: string | readonly string[] | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse([text].flat()[0] ?? "");
  } catch {
    throw new ServiceError("invalid", "The question in the address is no JSON.", {
      fields: [{ path: "q", message: "This is no JSON." }],
    });
  }
}
