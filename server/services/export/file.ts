import path from "node:path";
import { exportFiles, type ExportFormat } from "#server/domain/export-request.ts";

/** Folder of an organisation's exported files. */
export function exportFolder(dataDir: string, tenantId: string): string {
  return path.join(dataDir, "exports", tenantId);
}

/**
 * The whole file of an export. Its name has the digest of what is in it, so that two workers who both
 * wrote one do not write over each other.
 */
export function exportFile(
  dataDir: string,
  of: {
    readonly tenantId: string;
    readonly id: string;
    readonly format: ExportFormat;
    readonly sha256: string;
  },
): string {
  const { ending } = exportFiles[of.format];
  const name = `${of.id}-${of.sha256.slice(0, 16)}.${ending}`;
  return path.join(exportFolder(dataDir, of.tenantId), name);
}

/** What somebody who downloads it gets it as: letters, digits and hyphens of its name. */
export function downloadName(of: {
  readonly name: string;
  readonly format: ExportFormat;
  readonly createdAt: Date;
}): string {
  const plain = of.name
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60)
    .toLowerCase();
  const day = of.createdAt.toISOString().slice(0, 10);
  return `${plain === "" ? "export" : plain}-${day}.${exportFiles[of.format].ending}`;
}
