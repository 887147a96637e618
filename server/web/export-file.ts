import "server-only";
import { exportFiles } from "#server/domain/export-request.ts";
import type { Context } from "#server/services/context.ts";
import { downloadExport } from "#server/services/export/download.ts";
import { bytesOf, openExportFile } from "#server/services/export/open-file.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { fileResponse } from "#server/web/file-response.ts";

/** The file of an export as a download. The digest lets whoever has it check that it is whole. */
export async function exportFileResponse(ctx: Context, exportId: string): Promise<Response> {
  const file = await downloadExport(ctx, { exportId });
  const handle = await openExportFile(consoleEnv().DATA_DIR, file);
  const { type } = exportFiles[file.format];
  const response = fileResponse({ name: file.name, type }, bytesOf(handle));
  response.headers.set("content-length", String(file.bytes));
  const digest = Buffer.from(file.sha256, "hex").toString("base64");
  response.headers.set("repr-digest", `sha-256=:${digest}:`);
  return response;
}
