/**
 * Deliberate faults for tests of the promise itself; see `QUAYSIDE_FAILPOINT` in env.ts.
 * - none: the product
 * - ack-before-commit: acknowledges on receipt, which the checker must catch as loss
 * - crash-after-commit: dies between COMMIT and acknowledgement, with a probability per batch
 */
export type Failpoint =
  | { readonly kind: "none" }
  | { readonly kind: "ack-before-commit" }
  | { readonly kind: "crash-after-commit"; readonly probability: number };

/** Reads `ack-before-commit`, `crash-after-commit` or `crash-after-commit:0.05`. */
export function parseFailpoint(text: string | undefined): Failpoint {
  const [kind, share] = (text ?? "").split(":");
  if (kind === "ack-before-commit") return { kind };
  if (kind === "crash-after-commit") return { kind, probability: Number(share ?? "0.05") };
  return { kind: "none" };
}
