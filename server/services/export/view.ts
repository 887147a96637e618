import type { WorkState } from "#server/domain/bulk-action.ts";
import type { ExportFormat, ExportRequest } from "#server/domain/export-request.ts";

/** An export as lists and pages show it. Times are ISO 8601 in UTC. */
export type ExportView = {
  readonly id: string;
  readonly name: string;
  readonly format: ExportFormat;
  readonly kind: ExportRequest["kind"];
  /** Of telemetry; null of devices. */
  readonly telemetry: {
    readonly metrics: readonly string[];
    readonly from: string;
    readonly to: string;
    readonly level: "raw" | "minute" | "hour";
  } | null;
  readonly state: WorkState;
  /** Devices that are through, of how many. */
  readonly done: number;
  readonly total: number;
  readonly rows: number;
  readonly bytes: number;
  /** Of the file, lower-case hex; empty until it is whole. */
  readonly sha256: string;
  /** Why it waits or has ended, in words. */
  readonly error: string;
  /** Rows a second since it began; null before it has begun and when it has ended. */
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly isOrphaned: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** When the file is deleted, or was. */
  readonly expiresAt: string | null;
  readonly isExpired: boolean;
  readonly downloads: number;
};

export type ExportList = {
  readonly exports: readonly ExportView[];
  readonly next: string | null;
};
