import type { z } from "zod";
import type { batchOptions, columnMapping } from "#server/domain/device-batch-schema.ts";

/** What a file may be. */
export const batchSources = ["manifest", "aws", "azure", "thingsboard"] as const;
export type BatchSource = (typeof batchSources)[number];

/** Largest file, bytes. */
export const maxManifestBytes = 536_870_912;

/** Fields of a device that a manifest's columns are mapped to. */
export const manifestFields = [
  "deviceId",
  "name",
  "serial",
  "manufacturer",
  "model",
  "hardwareRevision",
  "tags",
  "csr",
] as const;
export type ManifestField = (typeof manifestFields)[number];

/** Column name to field; `attribute:NAME` keeps a column as an attribute; what is not named is left out. */
export type ColumnMapping = z.output<typeof columnMapping>;

/** How devices of a batch prove who they are. */
export const batchKeys = ["none", "csr", "generate", "sas"] as const;

/** What a batch does with its rows. */
export type BatchOptions = z.output<typeof batchOptions>;

/** What a row says besides device id, name and serial. */
export type ManifestRow = {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly hardwareRevision?: string;
  readonly tags?: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Of an import: what the device was told to be. */
  readonly desired?: Readonly<Record<string, unknown>>;
  /** Of an import: it was disabled, and begins suspended here. */
  readonly disabled?: boolean;
};

/** What of an import maps and what does not. */
export type MappingReport = {
  readonly mapped: readonly {
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  readonly unmapped: readonly {
    readonly from: string;
    readonly why: string;
    readonly count: number;
  }[];
};

/** Characters of the reason for which a batch is rejected. */
export const longestRejection = 500;
export const rejectionProblems = {
  missing: "Say why the batch is rejected.",
  tooLong: `A reason has at most ${longestRejection} characters.`,
} as const;

/** What is wrong with a reason for rejecting a batch; undefined when nothing is. */
export function rejectionProblem(reason: string): string | undefined {
  const { length } = reason.trim();
  if (length === 0) return rejectionProblems.missing;
  return length > longestRejection ? rejectionProblems.tooLong : undefined;
}

/** Characters of the passphrase of a bundle. */
export const passphraseLength = { min: 12, max: 128 } as const;
export const passphraseProblems = {
  tooShort: `Use at least ${passphraseLength.min} characters.`,
  tooLong: `Use at most ${passphraseLength.max} characters.`,
} as const;

/** What is wrong with a bundle's passphrase; undefined when nothing is. */
export function passphraseProblem({ length }: string): string | undefined {
  if (length < passphraseLength.min) return passphraseProblems.tooShort;
  return length > passphraseLength.max ? passphraseProblems.tooLong : undefined;
}
