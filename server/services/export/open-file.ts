import { open, type FileHandle } from "node:fs/promises";
import { ServiceError } from "#server/services/errors.ts";
import { exportFile } from "#server/services/export/file.ts";
import type { ExportFormat } from "#server/domain/export-request.ts";

/**
 * Opens the file of an export on this machine.
 * @throws ServiceError unavailable when it is not in the data folder
 */
export async function openExportFile(
  dataDir: string,
  of: {
    readonly tenantId: string;
    readonly id: string;
    readonly format: ExportFormat;
    readonly sha256: string;
  },
): Promise<FileHandle> {
  try {
    return await open(exportFile(dataDir, of), "r");
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT") throw error;
    throw new ServiceError("unavailable", "The file is not on this machine.", {
      remedy:
        "The console and the workers must have the same folder DATA_DIR/exports. Ask whoever runs the installation.",
    });
  }
}

/** The bytes of an open file, which is closed at the end and when nobody reads on. */
export async function* bytesOf(file: FileHandle): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      yield chunk as Uint8Array;
    }
  } finally {
    await file.close();
  }
}
