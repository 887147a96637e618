import type { RevocationState } from "#server/domain/revocation-state.ts";

/** What is known of a revocation and what followed. Times are epoch milliseconds. */
export type RevocationFacts = {
  readonly state: RevocationState;
  readonly at: number;
  /** When the last session on the certificate was cut by a worker. */
  readonly cutAt: number | null;
  /** When the last connection made with it ended, whoever ended it. */
  readonly lastEndedAt: number | null;
  /** Whether a device is connected with it, as last written. */
  readonly connected: boolean;
  /** Running workers that had sessions from before and have not judged them yet. */
  readonly workersMissing: number;
  /** Whether a list of ours must name it. */
  readonly listed: "yes" | "pending" | "not-ours";
};

/** Steps that are not shown to be done. */
export type MissingStep = "session" | "workers" | "list";

export type RevocationVerdict =
  /** No session was open on it after `since`. */
  | { readonly kind: "dead"; readonly since: number; readonly missing: readonly MissingStep[] }
  /** It is refused, but it is not shown yet that every session has ended. */
  | { readonly kind: "pending"; readonly missing: readonly MissingStep[] }
  /** It may be used again, or another entry has taken over. */
  | { readonly kind: "released" | "replaced" };

/**
 * Whether the certificate is dead, and since when: every worker that could have had a session on it has
 * judged its sessions, none is open, and the last one has ended. That a list does not name it yet is told
 * beside: our own listeners do not go by lists.
 */
export function revocationVerdict(facts: RevocationFacts): RevocationVerdict {
  const { state, at, cutAt, lastEndedAt, connected, workersMissing, listed } = facts;
  if (state === "released" || state === "replaced") return { kind: state };
  const missing: MissingStep[] = [];
  if (connected) missing.push("session");
  if (workersMissing > 0) missing.push("workers");
  const isOpen = missing.length > 0;
  if (listed === "pending") missing.push("list");
  if (isOpen) return { kind: "pending", missing };
  return { kind: "dead", since: Math.max(at, cutAt ?? 0, lastEndedAt ?? 0), missing };
}
