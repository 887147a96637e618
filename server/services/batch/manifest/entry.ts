import type { ManifestRow } from "#server/domain/device-batch.ts";

/** A credential as `device_credential` will keep it; keys are sealed for their place there. */
export type RowCredential = {
  /** UUID, fixed beforehand because the seal is bound to it. */
  readonly id: string;
  readonly kind: "sas-primary" | "sas-secondary" | "token";
  /** Base64 of the sealed key; of SAS keys. */
  readonly sealed?: string;
  /** Base64 of the SHA-256; of tokens. */
  readonly hash?: string;
};

/** A certificate as `certificate` will keep it, besides its PEM and its key's hash. */
export type RowCertificate = {
  readonly sha256: string;
  readonly serial: string;
  readonly issuer: string;
  readonly subject: string;
  readonly keyAlgorithm: string;
  readonly notBefore: string;
  readonly notAfter: string;
};

/** What `device_batch_row.data` holds. */
export type RowData = ManifestRow & {
  readonly credentials?: readonly RowCredential[];
  readonly certificate?: RowCertificate;
};

/** A row of `device_batch_row` when its file is read. */
export type BatchEntry = {
  readonly line: number;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly data: RowData;
  readonly csrPem: string | null;
  readonly problems: readonly string[];
};
