import "server-only";
import { manifestTypes, type ManifestType } from "#server/services/batch/manifest/source.ts";
import { BodyRefusal } from "#server/web/read-body.ts";

/**
 * What the file of a batch says it is.
 * @throws BodyRefusal when it is nothing that can be read
 */
export function manifestTypeOf(request: Request): ManifestType {
  const said = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const type = manifestTypes.find((each) => each === said);
  if (type !== undefined) return type;
  throw new BodyRefusal(
    415,
    "The file must be CSV, JSON or NDJSON.",
    `Send it with one of these as Content-Type: ${manifestTypes.join(", ")}.`,
  );
}

/**
 * The bytes of a request while they arrive.
 * @throws BodyRefusal when the sender goes away before the end
 */
export async function* manifestBytes(request: Request): AsyncGenerator<Uint8Array, void> {
  if (request.body === null) return;
  try {
    for await (const chunk of request.body as AsyncIterable<Uint8Array>) yield chunk;
  } catch {
    throw new BodyRefusal(400, "The file did not arrive whole.", "Send it again.");
  }
}
