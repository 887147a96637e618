import type { DataCategory } from "#server/domain/data-category.ts";
import type { RefusalReason } from "#server/pipeline/message.ts";

/** A message that cannot be stored: why, in a word that is counted and in words that are read. */
export type Refusal = {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** What is wrong, with which part of the message, and what to send instead. Never payload text. */
  readonly detail: string;
  /** Where a schema was not met; absent where none was involved. */
  readonly at?: RefusedAt;
  /** The device's time of the reading, epoch milliseconds; absent where it could not be read. */
  readonly eventMs?: number;
  /** Kept apart by policy; the device has done nothing wrong. */
  readonly quarantined?: true;
};

/** The place in a schema and in the values that a refusal is about. */
export type RefusedAt = {
  readonly schemaId: number;
  readonly schemaName: string;
  /** JSON pointer into the values. */
  readonly path: string;
  /** Keyword that failed: "required", "type". For `required` and unknown fields with the name, "required:pressure". */
  readonly kind: string;
  /** The most sensitive of the schema's fields. */
  readonly category: DataCategory;
};

/** What a stage of the pipeline gives back. */
export type Stage<T> = { readonly ok: true; readonly value: T } | Refusal;

export function pass<T>(value: T): Stage<T> {
  return { ok: true, value };
}

export function refuse(reason: RefusalReason, detail: string, at?: RefusedAt): Refusal {
  return at === undefined ? { ok: false, reason, detail } : { ok: false, reason, detail, at };
}
