import { z } from "zod";

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
export const columnMapping = z.record(
  z.string().max(200),
  z.union([z.enum(manifestFields), z.string().regex(/^attribute:[A-Za-z_][A-Za-z0-9_]{0,63}$/)]),
);
export type ColumnMapping = z.output<typeof columnMapping>;

/** How devices of a batch prove who they are. */
export const batchKeys = ["none", "csr", "generate", "sas"] as const;

/** What a batch does with its rows. */
export const batchOptions = z.strictObject({
  keys: z.enum(batchKeys).default("none"),
  quarantine: z.boolean().default(true),
  /** Devices that must connect before the batch can be approved. */
  sampleSize: z.int().min(0).max(100).default(5),
  tags: z.array(z.string().trim().min(1).max(64)).max(32).default([]),
  mapping: columnMapping.default({}),
});
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
