import "server-only";
import { exportCertificates } from "#server/services/certificate/export.ts";
import { certificateListInput } from "#server/services/certificate/list-input.ts";
import type { Context } from "#server/services/context.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { ndjsonResponse } from "#server/web/ndjson.ts";

/** The certificates that the request's filter matches, as a download in the format that it wants. */
export async function certificateExport(ctx: Context, request: Request): Promise<Response> {
  const params = new URL(request.url).searchParams;
  const query = { ...Object.fromEntries(params), issuer: params.getAll("issuer") };
  const { format, lines } = await exportCertificates(ctx, certificateListInput(query));
  return format === "csv"
    ? csvResponse("certificates.csv", lines)
    : ndjsonResponse("certificates.ndjson", lines);
}
