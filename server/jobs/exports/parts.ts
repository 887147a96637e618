import { maxExportDevices } from "#server/domain/export-request.ts";
import type { Database } from "#server/db/client.ts";
import type { Log } from "#server/observability/log.ts";
import type { SystemParts } from "#server/services/system-context.ts";

/** What one export may take at most. */
export type ExportLimits = {
  /** Of the file; a larger one is not finished. */
  readonly maxBytes: number;
  /** Left free on the disk: the database may be on the same one. */
  readonly freeBytes: number;
  readonly maxDevices: number;
  readonly maxColumns: number;
};

export const exportLimits: ExportLimits = {
  maxBytes: 20_000_000_000,
  freeBytes: 1_000_000_000,
  maxDevices: maxExportDevices,
  maxColumns: 500,
};

/** What writing exports needs of its worker. */
export type ExportParts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  /** Connections of the application role; its clock is the exports'. */
  readonly system: SystemParts;
  readonly log: Log;
  readonly workerId: string;
  /** DATA_DIR: the console reads the files from there. */
  readonly dataDir: string;
  readonly limits?: ExportLimits;
  /** For tests: called after each page; what it throws ends the worker there. */
  readonly afterPage?: () => void;
};

/** Why an export ends without a file; its words are shown to people. */
export class ExportFailed extends Error {}

/** The export is another worker's by now, or somebody cancelled it. */
export class ExportLost extends Error {}
