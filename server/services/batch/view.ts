import type { BatchOptions, MappingReport } from "#server/domain/device-batch.ts";
import type { BatchSource } from "#server/domain/device-batch.ts";

/** What a batch does, from the file to the decision. */
export type BatchState =
  | "receiving"
  | "checking"
  | "refused"
  | "ready"
  | "creating"
  | "sampling"
  | "approved"
  | "rejected"
  | "cancelled"
  | "failed";

/** A batch of devices. Instants are ISO 8601 in UTC. */
export type BatchView = {
  readonly id: string;
  readonly name: string;
  readonly source: BatchSource;
  readonly state: BatchState;
  readonly profileId: string;
  readonly profileName: string;
  readonly options: BatchOptions;
  readonly fileName: string;
  /** Lower-case hex; empty until the file is here. */
  readonly fileSha256: string;
  /** Of an import; empty lists for a manifest. */
  readonly report: MappingReport;
  /** Rows of the file. */
  readonly total: number;
  /** Rows that passed the step at work. */
  readonly done: number;
  /** Rows with a problem. */
  readonly bad: number;
  /** Devices that must have connected before the batch can be approved. */
  readonly sampleSize: number;
  /** Distinct devices of it that have connected. */
  readonly sampled: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly startedBy: string | null;
  /** When the last step ended. */
  readonly finishedAt: string | null;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  /** Why it was rejected or cancelled. */
  readonly reason: string;
  /** Why it failed or the last file was not taken, in words. */
  readonly error: string;
  /** Rows a second of the step at work; null when none is. */
  readonly ratePerSecond: number | null;
  readonly remainingSeconds: number | null;
  /** Certificates and keys for download; keys that were made here are handed out once. */
  readonly bundle: "none" | "ready" | "handed_out";
  /** Messages that its devices sent in quarantine and that are kept. */
  readonly lettersKept: number;
  /** What to look at before going on, as sentences. */
  readonly warnings: readonly string[];
};

export type BatchList = {
  readonly batches: readonly BatchView[];
  /** Pass as `cursor` for the next page; null when there is none. */
  readonly next: string | null;
};

/** A row of the file. */
export type BatchRowView = {
  /** In the file, from 1; rows of a CSV begin at 2, those of a JSON array are counted. */
  readonly line: number;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  /** Sentences; empty: the row is good. */
  readonly problems: readonly string[];
  /** When its device connected the last time; null: never, or there is no device yet. */
  readonly connectedAt: string | null;
};

export type BatchRowList = {
  readonly rows: readonly BatchRowView[];
  readonly next: string | null;
};

/** How columns of a file are mapped. */
export type RememberedMapping = {
  /** Column name to field; columns that are left out are not taken. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Somebody chose it for a file with the same columns; else it is guessed from their names. */
  readonly remembered: boolean;
};
