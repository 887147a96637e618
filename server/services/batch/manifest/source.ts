/** A record of a file before anyone has looked at what it says. */
export type SourceRecord = {
  /** In the file, from 1; rows of a CSV begin at 2, those of a JSON array are counted. */
  readonly line: number;
  readonly record: unknown;
  /** Why it cannot be read, in words. */
  readonly problem?: string;
};

/** What a file may be, by its media type. */
export const manifestTypes = ["text/csv", "application/json", "application/x-ndjson"] as const;
export type ManifestType = (typeof manifestTypes)[number];
