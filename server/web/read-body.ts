import { ServiceError } from "#server/services/errors.ts";

/** Largest JSON body that any route takes. */
export const bodyLimitBytes = 1_048_576;

/**
 * Reads a JSON body, counting bytes while they arrive.
 * @returns an empty object when there is no body
 * @throws ServiceError invalid when it is too large, not JSON or not an object
 */
export async function readJsonBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  if (request.body === null) return {};
  const text = await readLimited(request.body);
  if (text === "") return {};
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new ServiceError("invalid", "The body must be JSON.", {
      remedy: "Send it with Content-Type: application/json.",
    });
  }
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ServiceError("invalid", "The body must be a JSON object.");
  }
  return value as Readonly<Record<string, unknown>>;
}

function parse(text: string): unknown {
  try {
    // A key "__proto__" would become the prototype of what later copies the object.
    return JSON.parse(text, (key, value: unknown) => (key === "__proto__" ? undefined : value));
  } catch {
    throw new ServiceError("invalid", "The body is not JSON.");
  }
}

async function readLimited(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > bodyLimitBytes) {
      throw new ServiceError("invalid", `The body is larger than ${bodyLimitBytes} bytes.`, {
        remedy: "Send less in one request.",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
