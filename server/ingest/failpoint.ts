/**
 * Deliberate faults for tests of the promise itself; see `QUAYSIDE_FAILPOINT` in env.ts.
 * - none: the product
 * - ack-before-commit: acknowledges on receipt, which the checker must catch as loss
 * - crash: dies at a place, with a probability each time it comes there
 */
export type Failpoint =
  | { readonly kind: "none" }
  | { readonly kind: "ack-before-commit" }
  | { readonly kind: "crash"; readonly place: CrashPlace; readonly probability: number };

/**
 * - before-parse: a message was received and nothing is known of it; its place comes per message
 * - after-parse: the stages of a batch are done, its transaction has not begun
 * - mid-batch: the rows of a batch were sent and COMMIT was not
 * - after-commit: a batch is committed and nobody was told
 */
const crashPlaces = ["before-parse", "after-parse", "mid-batch", "after-commit"] as const;
export type CrashPlace = (typeof crashPlaces)[number];

const probabilityPerBatch = 0.05;
const probabilityPerMessage = 0.0005;

/** Reads `ack-before-commit`, or a place such as `crash-after-commit` or `crash-mid-batch:0.05`. */
export function parseFailpoint(text: string | undefined): Failpoint {
  const [name = "", share] = (text ?? "").split(":");
  if (name === "ack-before-commit") return { kind: name };
  const place = crashPlaces.find((known) => name === `crash-${known}`);
  if (place === undefined) return { kind: "none" };
  const usual = place === "before-parse" ? probabilityPerMessage : probabilityPerBatch;
  return { kind: "crash", place, probability: Number(share ?? usual) };
}

/** Dies on the spot if the failpoint says so, as a power cut would have it: nothing is cleaned up. */
export function crashMaybe(failpoint: Failpoint, place: CrashPlace): void {
  if (failpoint.kind !== "crash" || failpoint.place !== place) return;
  if (Math.random() < failpoint.probability) process.kill(process.pid, "SIGKILL");
}
