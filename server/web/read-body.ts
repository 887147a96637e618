import { ServiceError } from "#server/services/errors.ts";

/** A body that cannot be read; `status` says it in HTTP's words (RFC 9110 section 15.5). */
export class BodyRefusal extends ServiceError {
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string, remedy?: string) {
    super("invalid", message, remedy === undefined ? {} : { remedy });
    this.status = status;
  }
}

/** Largest JSON body that any route takes. */
export const bodyLimitBytes = 1_048_576;

/**
 * Reads a JSON body, counting bytes while they arrive.
 * @returns an empty object when there is no body
 * @throws BodyRefusal when it is too large, not JSON or not an object
 */
export async function readJsonBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  if (request.body === null) return {};
  const text = await readLimited(request.body, bodyLimitBytes);
  if (text === "") return {};
  if (mediaTypeOf(request) !== "application/json") {
    throw new BodyRefusal(
      415,
      "The body must be JSON.",
      "Send it with Content-Type: application/json.",
    );
  }
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BodyRefusal(400, "The body must be a JSON object.");
  }
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Reads a body of text, counting bytes while they arrive.
 * @param type media type that the body must say it is
 * @throws BodyRefusal when it is too large or of another type
 */
export async function readTextBody(
  request: Request,
  { type, limit }: { readonly type: string; readonly limit: number },
): Promise<string> {
  if (mediaTypeOf(request) !== type) {
    throw new BodyRefusal(415, `The body must be ${type}.`, `Send it with Content-Type: ${type}.`);
  }
  return request.body === null ? "" : readLimited(request.body, limit);
}

function mediaTypeOf(request: Request): string | undefined {
  return request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

function parse(text: string): unknown {
  try {
    // A key "__proto__" would become the prototype of what later copies the object.
    return JSON.parse(text, (key, value: unknown) => (key === "__proto__" ? undefined : value));
  } catch {
    throw new BodyRefusal(400, "The body is not JSON.");
  }
}

async function readLimited(body: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new BodyRefusal(
        413,
        `The body is larger than ${limit} bytes.`,
        "Send less in one request.",
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
