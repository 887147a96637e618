import { renewalTopics } from "#server/domain/renewal-topics.ts";
import { unusedForMs } from "#server/domain/renewal.ts";

/** Why a rotation does not come to its end. Closed: each has words. */
export const rotationProblemKinds = [
  "not-asked",
  "asked-no-answer",
  "issued-not-used",
  "refused",
  "no-subscription",
  "offline",
  "clock-off",
] as const;
export type RotationProblemKind = (typeof rotationProblemKinds)[number];

export type RotationProblem = {
  readonly kind: RotationProblemKind;
  /** What stands in the way. */
  readonly text: string;
  readonly remedy: string;
};

/** What is known of a device whose certificate is to be renewed. */
export type RotationFacts = {
  readonly deviceId: string;
  /** The certificate with which it goes about. */
  readonly current: { readonly notAfter: Date; readonly renewalDueAt: Date | null };
  /** The newest one that was issued after that and has not been used. */
  readonly next: { readonly issuedAt: Date; readonly waits: boolean } | null;
  /** When the device was asked last, and how many of its sessions heard it. */
  readonly asked: { readonly at: Date; readonly sessions: number } | null;
  /** Whether a session of the device subscribes to being asked. */
  readonly subscribes: boolean;
  readonly connected: boolean;
  /** Newest sign of life; null when there was none ever. */
  readonly lastSeenAt: Date | null;
  /** How far apart its signs of life are expected. */
  readonly expectedContactSeconds: number;
  /** The newest refusal to renew. */
  readonly refusal: { readonly at: Date; readonly detail: string; readonly remedy: string } | null;
  /** When a certificate of the device was refused because its time had not begun. */
  readonly notYetValidAt: Date | null;
  /** Whether the newest message's own time was not believed: too far from the server's. */
  readonly timesNotBelieved: boolean;
};

/** A device that was told has so long to answer before that is worth a word. */
const answerMs = 15 * 60_000;
/** A newer refusal of an older attempt is no news. */
const refusalMs = 7 * 86_400_000;

/**
 * What keeps a device from renewing its certificate; null while nothing does, or nothing is due. The
 * nearest cause is named: a clock that is wrong before a refusal, that before silence.
 */
export function rotationProblem(facts: RotationFacts, now: Date): RotationProblem | null {
  const { current, next, asked } = facts;
  const isDue = current.renewalDueAt !== null && now >= current.renewalDueAt;
  if (!isDue && next === null && asked === null) return null;
  if (next?.waits === true) return waiting(facts, next.issuedAt, now);
  const problem = clock(facts) ?? refused(facts, now);
  if (problem !== null) return problem;
  if (next !== null && !wasAskedSince(facts, next.issuedAt)) return givenUp(facts);
  return unanswered(facts, now, isDue);
}

/** Whether it was asked after that. */
function wasAskedSince({ asked }: RotationFacts, issuedAt: Date): boolean {
  return asked !== null && asked.at > issuedAt;
}

function waiting(facts: RotationFacts, issuedAt: Date, now: Date): RotationProblem | null {
  if (now.getTime() - issuedAt.getTime() < unusedForMs) return null;
  return clock(facts) ?? offline(facts, now) ?? givenUp(facts);
}

function givenUp({ deviceId }: RotationFacts): RotationProblem {
  return {
    kind: "issued-not-used",
    text: `${deviceId} was given its next certificate and did not connect with it within a day. It goes on with its old one.`,
    remedy:
      "Look whether the device stored key and certificate and connects with both; then ask it again.",
  };
}

function clock(facts: RotationFacts): RotationProblem | null {
  const { deviceId, notYetValidAt, timesNotBelieved } = facts;
  if (notYetValidAt === null && !timesNotBelieved) return null;
  const how = timesNotBelieved
    ? "The time in its newest message is not believed: it is too far from the server's."
    : "One of its certificates was shown before its time had begun.";
  return {
    kind: "clock-off",
    text: `The clock of ${deviceId} seems to be wrong. ${how}`,
    remedy:
      "Set the device's clock, for example by NTP: with a wrong clock it takes good certificates for bad ones.",
  };
}

function refused({ refusal }: RotationFacts, now: Date): RotationProblem | null {
  if (refusal === null || now.getTime() - refusal.at.getTime() > refusalMs) return null;
  return {
    kind: "refused",
    text: `It asked and was refused. ${refusal.detail}`,
    remedy: refusal.remedy,
  };
}

function offline(facts: RotationFacts, now: Date): RotationProblem | null {
  const { deviceId, connected, lastSeenAt, expectedContactSeconds } = facts;
  if (connected) return null;
  const silentSeconds =
    lastSeenAt === null ? undefined : (now.getTime() - lastSeenAt.getTime()) / 1_000;
  if (silentSeconds !== undefined && silentSeconds <= 2 * expectedContactSeconds) return null;
  return {
    kind: "offline",
    text:
      silentSeconds === undefined
        ? `${deviceId} was never here.`
        : `${deviceId} was not here for ${spanWords(silentSeconds)}.`,
    remedy: `It must come before its certificate ends at ${facts.current.notAfter.toISOString()}. What it was asked waits for it where it keeps its session.`,
  };
}

function unanswered(facts: RotationFacts, now: Date, isDue: boolean): RotationProblem | null {
  const { deviceId, subscribes, asked } = facts;
  const away = offline(facts, now);
  if (away !== null) return away;
  const wasHeard = asked !== null && asked.sessions > 0;
  if (!subscribes && !wasHeard) {
    return {
      kind: "no-subscription",
      text: `${deviceId} subscribes to nothing on which it could be asked.`,
      remedy: `Let it subscribe to qs/v1/d/${deviceId}/${renewalTopics.ask}, or renew by EST at its own time.`,
    };
  }
  if (asked === null) return isDue ? notAsked(deviceId) : null;
  if (now.getTime() - asked.at.getTime() < answerMs) return null;
  return {
    kind: "asked-no-answer",
    text: `${deviceId} was asked at ${asked.at.toISOString()} and has sent no request since.`,
    remedy: `Look whether its software answers on qs/v1/d/${deviceId}/${renewalTopics.request}.`,
  };
}

function notAsked(deviceId: string): RotationProblem {
  return {
    kind: "not-asked",
    text: `The renewal of ${deviceId} is due, and it was not asked yet.`,
    remedy: "It is asked within minutes while a worker runs. Or ask it now.",
  };
}

const steps = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Rounded down: "2 hours". */
function spanWords(seconds: number): string {
  const [name, size] = steps.find(([, each]) => seconds >= each) ?? (["second", 1] as const);
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
