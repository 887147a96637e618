import "server-only";
import { maxImportBytes } from "#server/domain/dead-letter-filter.ts";
import { streamOf } from "#server/web/csv-response.ts";
import { readTextBody } from "#server/web/read-body.ts";

/** JSON documents, one a line. @see https://github.com/ndjson/ndjson-spec */
const ndjson = "application/x-ndjson";

/** Lines as a download, passed on as they are made. */
export function ndjsonResponse(name: string, lines: AsyncGenerator<string, void>): Response {
  return new Response(streamOf(lines), {
    headers: {
      "content-type": ndjson,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

/**
 * The lines of a request.
 * @throws BodyRefusal when they are too many or something else
 */
export async function readNdjson(request: Request): Promise<string> {
  return readTextBody(request, { type: ndjson, limit: maxImportBytes });
}
