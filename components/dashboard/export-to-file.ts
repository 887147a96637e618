import { downloadFile } from "#components/device/download.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { DashboardFile } from "#server/domain/dashboard-file.ts";

/**
 * Hands a dashboard as it is saved to the browser as a JSON file.
 * @throws ReadError with the server's words
 */
export async function exportToFile(id: string): Promise<void> {
  const file = await readJson<DashboardFile>(
    `/api/console/dashboards/${encodeURIComponent(id)}/export`,
  );
  const name = file.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  downloadFile(`${name === "" ? "dashboard" : name}.json`, `${JSON.stringify(file, null, 2)}\n`);
}
