/**
 * How fast passwords may be guessed.
 *
 * An attempt is counted as a failure before the password is checked, under a lock, and taken back
 * when it was right: a thousand attempts at the same moment are a thousand failures, not one.
 *
 * account: keyed by e-mail, known or not. Five failures are free, then each doubles the wait from
 *   1 s to 15 min. After 100 in a row there is one attempt a day. Only a right password or a new
 *   one ends the row.
 * prefix: keyed by /24 or /64. Fifty are free (an office behind one address), then the same waits.
 *   An hour without an attempt ends the row.
 *
 * Nobody is locked out for good by a stranger: from a network where the account has signed in
 * lately, its attempts have a row of their own.
 */
export type ThrottleKind = "account" | "prefix";

export type ThrottleState = {
  readonly failures: number;
  readonly retryAt: Date;
  readonly updatedAt: Date;
};

export type ThrottleVerdict =
  | { readonly admitted: true; readonly next: ThrottleState }
  | { readonly admitted: false; readonly retryAfterSeconds: number };

const freeFailures: Readonly<Record<ThrottleKind, number>> = { account: 5, prefix: 50 };
const longestWaitSeconds = 15 * 60;
const rowCap = 100;
const cappedWaitSeconds = 24 * 3600;
const prefixForgetsMs = 3_600_000;

function waitSeconds(kind: ThrottleKind, failures: number): number {
  if (kind === "account" && failures >= rowCap) return cappedWaitSeconds;
  const beyond = failures - freeFailures[kind];
  return beyond < 0 ? 0 : Math.min(2 ** beyond, longestWaitSeconds);
}

/** Whether an attempt may be made now, and what to store when it is made. */
export function admitAttempt(kind: ThrottleKind, state: ThrottleState, now: Date): ThrottleVerdict {
  // Two at the same moment may be judged in another order than they came: without a wait there is none.
  const isHeld = state.retryAt > state.updatedAt;
  const waitMs = isHeld ? state.retryAt.getTime() - now.getTime() : 0;
  if (waitMs > 0) return { admitted: false, retryAfterSeconds: Math.ceil(waitMs / 1000) };
  const quietMs = now.getTime() - state.updatedAt.getTime();
  const before = kind === "prefix" && quietMs >= prefixForgetsMs ? 0 : state.failures;
  const failures = before + 1;
  const retryAt = new Date(now.getTime() + waitSeconds(kind, failures) * 1000);
  return { admitted: true, next: { failures, retryAt, updatedAt: now } };
}

/** What to store when the attempt was right after all. */
export function takeBack(kind: ThrottleKind, state: ThrottleState, now: Date): ThrottleState {
  const failures = kind === "account" ? 0 : Math.max(0, state.failures - 1);
  return { failures, retryAt: now, updatedAt: now };
}
