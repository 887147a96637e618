/** A session ends this long after sign-in, whatever happens. */
export const absoluteHours = 12;
/** A session ends after this long without a request. */
export const idleMinutes = 30;
/** `seen_at` is written at most this often, so that reading does not become writing. */
const touchSeconds = 60;

/** What the database holds of a session and its user. */
export type SessionFacts = {
  readonly seenAt: Date;
  readonly absoluteAt: Date;
  readonly revokedAt: Date | null;
  readonly userDisabledAt: Date | null;
};

export type SessionState = "live" | "revoked" | "disabled" | "expired" | "idle";

/** Whether a presented session still counts. */
export function sessionState(session: SessionFacts, now: Date): SessionState {
  if (session.revokedAt !== null) return "revoked";
  if (session.userDisabledAt !== null) return "disabled";
  if (now >= session.absoluteAt) return "expired";
  if (now.getTime() - session.seenAt.getTime() >= idleMinutes * 60_000) return "idle";
  return "live";
}

/** When a session that starts now ends at the latest. */
export function absoluteEnd(now: Date): Date {
  return new Date(now.getTime() + absoluteHours * 3_600_000);
}

/** Whether `seen_at` is old enough to be written again. */
export function needsTouch(session: Pick<SessionFacts, "seenAt">, now: Date): boolean {
  return now.getTime() - session.seenAt.getTime() >= touchSeconds * 1000;
}
