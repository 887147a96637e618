import type { Tone } from "#components/ui/badge.tsx";
import type { BatchState, BatchView } from "#server/services/batch/view.ts";

/** How a state looks beside its word. */
export const batchTones: Readonly<Record<BatchState, Tone>> = {
  receiving: "idle",
  checking: "accent",
  refused: "bad",
  ready: "accent",
  creating: "accent",
  sampling: "warn",
  approved: "ok",
  rejected: "bad",
  cancelled: "idle",
  failed: "bad",
};

/** Something works on the batch: counts move by themselves. */
export function isAtWork(state: BatchState): boolean {
  return state === "receiving" || state === "checking" || state === "creating";
}

/** Nothing will happen to the batch any more. */
export function hasEnded(state: BatchState): boolean {
  return (
    state === "approved" || state === "rejected" || state === "cancelled" || state === "failed"
  );
}

/** Whether it can still be cancelled: its devices do not exist yet. */
export function mayCancel(state: BatchState): boolean {
  return isAtWork(state) || state === "refused" || state === "ready";
}

const stepOfState: Readonly<Record<BatchState, number>> = {
  receiving: 0,
  checking: 1,
  refused: 1,
  cancelled: 1,
  failed: 1,
  ready: 2,
  creating: 2,
  sampling: 3,
  rejected: 4,
  approved: 5,
};

/** Index of the step at which the batch is; past the last one when all are done. */
export function stepOf({
  state,
  options,
  sampled,
  sampleSize,
}: Pick<BatchView, "state" | "options" | "sampled" | "sampleSize">): number {
  if (state === "sampling" && sampled >= sampleSize) return 4;
  // Without quarantine the devices are the last step.
  return options.quarantine ? stepOfState[state] : Math.min(3, stepOfState[state]);
}

/** Whoever started the batch must not decide it: a second pair of eyes. Audit names of people are e-mail addresses. */
export function isOwn(batch: Pick<BatchView, "startedBy">, email: string): boolean {
  return batch.startedBy?.toLowerCase() === email.toLowerCase();
}
