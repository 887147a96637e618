import type { DeviceState } from "#server/domain/device-state.ts";

/**
 * What an operator is told about a device's contact with us.
 *
 * never_seen: registered, has not connected yet.
 * online: connected now.
 * idle: not connected, heard from within its expected time (a meter asleep between two reports).
 * late: not connected and overdue, by less than three times its expected time.
 * silent: overdue by more than that.
 * stranded: overdue, and cannot come back by itself: everything it could show has ended or was
 * revoked, or the gateway through which it connects is not heard either.
 * suspended, decommissioned, quarantined: by a person's decision, whatever the connection says.
 */
export const presences = [
  "online",
  "idle",
  "late",
  "silent",
  "stranded",
  "never_seen",
  "suspended",
  "decommissioned",
  "quarantined",
] as const;
export type Presence = (typeof presences)[number];

/** What the interface calls a presence. */
export const presenceNames: Readonly<Record<Presence, string>> = {
  online: "Online",
  idle: "Idle",
  late: "Late",
  silent: "Silent",
  stranded: "Stranded",
  never_seen: "Never seen",
  suspended: "Suspended",
  decommissioned: "Decommissioned",
  quarantined: "In quarantine",
};

/** One sentence per presence, for hints and screen readers. */
export const presenceMeanings: Readonly<Record<Presence, string>> = {
  online: "Connected now.",
  idle: "Not connected, heard from within its expected time.",
  late: "Not connected and overdue.",
  silent: "Overdue by more than three times its expected time.",
  stranded:
    "Overdue, and cannot come back by itself: its credentials have ended, or its gateway is not heard.",
  never_seen: "Has not connected yet.",
  suspended: "Connections are refused until somebody resumes it.",
  decommissioned: "Taken out of service for good.",
  quarantined: "May connect; its messages are kept apart until somebody approves it.",
};

/** An overdue device is silent after this many expected times. */
export const silentAfterExpectedTimes = 3;

export type PresenceFacts = {
  readonly state: DeviceState;
  readonly connected: boolean;
  /** Newest sign of life: message, connect or disconnect; null when there was none. */
  readonly lastContactAt: Date | null;
  readonly expectedContactSeconds: number;
  readonly now: Date;
};

/** Judges a device's presence. `server/db/presence-sql.ts` says the same to PostgreSQL. */
export function presenceOf(facts: PresenceFacts): Presence {
  if (facts.state !== "active") return facts.state;
  if (facts.connected) return "online";
  if (facts.lastContactAt === null) return "never_seen";

  const ageMs = facts.now.getTime() - facts.lastContactAt.getTime();
  const expectedMs = facts.expectedContactSeconds * 1_000;
  if (ageMs <= expectedMs) return "idle";
  return ageMs <= expectedMs * silentAfterExpectedTimes ? "late" : "silent";
}
