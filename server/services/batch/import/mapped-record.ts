import type { ManifestRow } from "#server/domain/device-batch.ts";

/** Secrets that a record brings along; they are sealed with its row. */
export type ImportSecrets = {
  /** Base64, 16 to 64 bytes. */
  readonly sasPrimary?: string;
  readonly sasSecondary?: string;
  readonly token?: string;
};

/** What a record of an export becomes. */
export type MappedRecord = {
  /** Absent when the record is no device that can be taken: `problem` or `unmapped` says why. */
  readonly row?: {
    readonly deviceId: string;
    readonly name: string;
    readonly serial: string;
    readonly data: ManifestRow;
    readonly csrPem?: string;
    readonly secrets?: ImportSecrets;
  };
  /** What is wrong with the record, in a sentence; a record without row and problem is left out. */
  readonly problem?: string;
  /** As “thingName → device id”. */
  readonly mapped: readonly string[];
  readonly unmapped: readonly { readonly from: string; readonly why: string }[];
};
