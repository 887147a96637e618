/**
 * What an operator is told about a device's contact with us; `judge-presence.ts` decides it.
 *
 * never_seen: registered, has not been heard yet.
 * online: connected now, or heard through its gateway within its expected time.
 * idle: not connected, heard from within its expected time (a meter asleep between two reports).
 * late: overdue, but not for long.
 * silent: overdue for several expected times.
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

/**
 * Why, where the presence alone does not say it.
 *
 * gateway: online: heard through its gateway; stranded: its gateway is not heard or not let in.
 * mute: connected, but sends nothing.
 * backfill: its gateway delivers old readings of it and no new ones.
 * credential: everything that it could show has ended or was revoked.
 * resuming: the server ended the connection; it has a minute to come back.
 * state: a person decided it.
 */
export const presenceCauses = [
  "",
  "gateway",
  "mute",
  "backfill",
  "credential",
  "resuming",
  "state",
] as const;
export type PresenceCause = (typeof presenceCauses)[number];

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
  online: "Connected now, or heard through its gateway within its expected time.",
  idle: "Not connected, heard from within its expected time.",
  late: "Overdue: not heard within its expected time.",
  silent: "Overdue by several expected times.",
  stranded:
    "Overdue, and cannot come back by itself: its credentials have ended, or its gateway is not heard.",
  never_seen: "Has not been heard yet.",
  suspended: "Connections are refused until somebody resumes it.",
  decommissioned: "Taken out of service for good.",
  quarantined: "May connect; its messages are kept apart until somebody approves it.",
};
