import type { RefusalReason } from "#server/pipeline/message.ts";

/** A message that cannot be stored: why, in a word that is counted and in words that are read. */
export type Refusal = {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** What is wrong, with which part of the message, and what to send instead. Never payload text. */
  readonly detail: string;
};

/** What a stage of the pipeline gives back. */
export type Stage<T> = { readonly ok: true; readonly value: T } | Refusal;

export function pass<T>(value: T): Stage<T> {
  return { ok: true, value };
}

export function refuse(reason: RefusalReason, detail: string): Refusal {
  return { ok: false, reason, detail };
}
