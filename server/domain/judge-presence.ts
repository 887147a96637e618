import type { DeviceState } from "#server/domain/device-state.ts";
import type { Presence, PresenceCause } from "#server/domain/presence.ts";
import type { ConnectivityModel } from "#server/domain/profile-parts.ts";

/** After how many expected times a device is late, and after how many silent. */
const overdueAfter: Readonly<
  Record<ConnectivityModel, { readonly late: number; readonly silent: number }>
> = {
  always_on: { late: 1, silent: 3 },
  store_and_forward: { late: 1, silent: 3 },
  disconnected_tolerant: { late: 2, silent: 6 },
};

/** How a connection ended that the server ended for reasons of its own. */
export const serverEndings = {
  stopped: "the server was stopped",
  died: "the server process ended",
} as const;

/** For so long a device whose connection the server ended counts as online: it comes back by itself. */
const resumeGraceMs = 60_000;

/** After the server itself was away nobody is called overdue for so long, or for its expected time. */
const longestPatienceMs = 900_000;

/** Presences of a gateway through which nothing comes. */
const blockedGateways: readonly Presence[] = ["silent", "stranded", "suspended", "decommissioned"];

/** A time in which the server looked at nobody, or in which its clock jumped; epoch milliseconds. */
export type ServerPause = { readonly from: number; readonly until: number };

/** What is known of the gateway that a device is behind. */
export type GatewayFacts = {
  readonly key: string;
  readonly presence: Presence;
  readonly since: number;
  readonly foldedKey: string | null;
};

/** All times are epoch milliseconds by the clock of the database. */
export type PresenceFacts = {
  readonly state: DeviceState;
  readonly connectivity: ConnectivityModel;
  readonly expectedMs: number;
  readonly connected: boolean;
  /** Whether it has ever sent a message. */
  readonly spoke: boolean;
  /** Newest message of its own or connect; back-fill counts with the time of its newest reading. */
  readonly contactAt: number | null;
  readonly connectedAt: number | null;
  readonly disconnectedAt: number | null;
  readonly disconnectReason: string | null;
  /** Receipt of its newest message, however old what it says is. */
  readonly lastMessageAt: number | null;
  /** Null: it connects by itself. */
  readonly gateway: GatewayFacts | null;
  /** When the last of what it can show ends; Infinity: never; null: it has nothing that could end. */
  readonly credentialsEndAt: number | null;
  readonly before: { readonly presence: Presence; readonly since: number };
  readonly now: number;
  readonly pause: ServerPause | null;
};

/** That a device became so, and when. */
export type PresenceStep = {
  readonly at: number;
  readonly presence: Presence;
  readonly cause: PresenceCause;
};

export type PresenceJudgement = {
  readonly presence: Presence;
  readonly cause: PresenceCause;
  /** When it must be judged again although nothing happened; null: not before something does. */
  readonly dueAt: number | null;
  /** The top-most gateway above it that is not heard. */
  readonly foldedKey: string | null;
  /** Newest sign of life of any kind. */
  readonly contactAt: number | null;
  /** How it came from `before` to `presence`, in order; empty when it is as before. */
  readonly steps: readonly PresenceStep[];
};

/** What lies in the future was written before the clock was set back. */
function withoutFuture(facts: PresenceFacts): PresenceFacts {
  const past = (at: number | null) => (at === null ? null : Math.min(at, facts.now));
  return {
    ...facts,
    contactAt: past(facts.contactAt),
    connectedAt: past(facts.connectedAt),
    disconnectedAt: past(facts.disconnectedAt),
  };
}

type Verdict = Omit<PresenceJudgement, "steps" | "contactAt" | "foldedKey"> & {
  readonly foldedKey?: string | null;
  /** Towards it, in order; the last is the verdict itself. */
  readonly way: readonly PresenceStep[];
};

/** Judges how a device is now, since when, and when it must be looked at again. */
export function judgePresenceOf(known: PresenceFacts): PresenceJudgement {
  const facts = withoutFuture(known);
  const verdict = verdictOf(facts);
  const { presence, cause, dueAt, foldedKey = null } = verdict;
  return {
    presence,
    cause,
    dueAt,
    foldedKey,
    contactAt: latest(facts.contactAt, facts.disconnectedAt),
    steps: presence === facts.before.presence ? [] : stepsFrom(facts, verdict.way),
  };
}

function verdictOf(facts: PresenceFacts): Verdict {
  const { state, now, connected, disconnectedAt } = facts;
  if (state !== "active") return verdict({ at: now, presence: state, cause: "state" }, null);
  const graceEndsAt = graceEnd(facts);
  const isHeld = connected || graceEndsAt !== null;
  const online: PresenceStep = {
    at: onlineSince(facts),
    presence: "online",
    cause: connected ? "" : "resuming",
  };
  const isExpectedToSpeak = speaks(facts);
  if (isHeld && !isExpectedToSpeak) return verdict(online, earliest(graceEndsAt, speechDue(facts)));

  const signAt = isExpectedToSpeak ? facts.contactAt : latest(facts.contactAt, disconnectedAt);
  if (signAt === null) return verdict({ at: now, presence: "never_seen", cause: "" }, null);

  const deadlines = deadlinesOf(facts, signAt);
  if (now > deadlines.lateAt) return overdue(facts, deadlines);
  const dueAt = deadlines.lateAt + 1;
  if (isHeld) return verdict(online, earliest(dueAt, graceEndsAt));
  return verdict(heardInTime(facts, signAt), dueAt);
}

function verdict(step: PresenceStep, dueAt: number | null): Verdict {
  return { presence: step.presence, cause: step.cause, dueAt, way: [step] };
}

/** Of what keeps its connection messages are expected, once it has sent one: keep-alive says nothing of its work. */
function speaks({ connectivity, spoke }: PresenceFacts): boolean {
  return connectivity === "always_on" && spoke;
}

/** One that has only listened so far may have begun to speak; it cannot be overdue before it is looked at again. */
function speechDue({ connectivity, expectedMs, now }: PresenceFacts): number | null {
  return connectivity === "always_on" ? now + expectedMs : null;
}

/** End of the time that a device has to come back after the server sent it away; null when there is none. */
function graceEnd({ connected, disconnectedAt, disconnectReason, now }: PresenceFacts) {
  if (connected || disconnectedAt === null) return null;
  const isOurs = Object.values<string | null>(serverEndings).includes(disconnectReason);
  const endsAt = Math.min(disconnectedAt, now) + resumeGraceMs;
  return isOurs && now < endsAt ? endsAt : null;
}

/** The connect, if it is what changed; else the message that ended its silence. */
function onlineSince({ connectedAt, contactAt, before, now }: PresenceFacts): number {
  const isNew = connectedAt !== null && connectedAt > before.since;
  return isNew && connectedAt <= (contactAt ?? now) ? connectedAt : (contactAt ?? now);
}

/** Not connected, and not overdue. A child that is always on is online by what its gateway delivers of it. */
function heardInTime(facts: PresenceFacts, signAt: number): PresenceStep {
  const { gateway, connectivity, disconnectedAt, before } = facts;
  if (gateway !== null && connectivity === "always_on") {
    return { at: signAt, presence: "online", cause: "gateway" };
  }
  const at = before.presence === "online" ? (disconnectedAt ?? signAt) : signAt;
  return { at, presence: "idle", cause: "" };
}

type Deadlines = { readonly lateAt: number; readonly silentAt: number };

/** When it is called late and silent, should nothing come. Nobody is blamed for a pause of the server. */
function deadlinesOf({ connectivity, expectedMs, pause }: PresenceFacts, signAt: number) {
  const times = overdueAfter[connectivity];
  const lateAt = signAt + expectedMs * times.late;
  const silentAt = signAt + expectedMs * times.silent;
  if (pause === null) return { lateAt, silentAt };
  const patienceMs = Math.min(expectedMs, longestPatienceMs);
  const excused = pause.until + patienceMs;
  const isMoved = lateAt >= pause.from && lateAt < excused;
  if (isMoved) return { lateAt: excused, silentAt: Math.max(silentAt, excused + patienceMs) };
  const isSilentMoved = silentAt >= pause.from && silentAt < excused;
  return { lateAt, silentAt: isSilentMoved ? excused : silentAt };
}

function overdue(facts: PresenceFacts, { lateAt, silentAt }: Deadlines): Verdict {
  const { connected, gateway, now, credentialsEndAt } = facts;
  const cause = overdueCause(facts, lateAt);
  const way: PresenceStep[] = [{ at: lateAt, presence: "late", cause }];
  if (now > silentAt) way.push({ at: silentAt, presence: "silent", cause });
  const dueAt = now > silentAt ? null : silentAt + 1;
  const stranding = connected ? null : strandedBy(facts);
  if (stranding !== null) {
    const at = Math.max(lateAt, stranding.since);
    const stranded = { at, presence: "stranded", cause: stranding.cause } as const;
    return {
      presence: "stranded",
      cause: stranding.cause,
      dueAt: null,
      foldedKey: gateway === null ? null : (gateway.foldedKey ?? gateway.key),
      way: [...way.filter((step) => step.at < at), stranded],
    };
  }
  const endsAt = gateway === null && !connected ? credentialsEndAt : null;
  const isFinite = endsAt !== null && Number.isFinite(endsAt);
  const last = now > silentAt ? "silent" : "late";
  return { presence: last, cause, dueAt: earliest(isFinite ? endsAt : null, dueAt), way };
}

function overdueCause(facts: PresenceFacts, lateAt: number): PresenceCause {
  if (facts.connected) return "mute";
  const { gateway, lastMessageAt } = facts;
  return gateway !== null && lastMessageAt !== null && lastMessageAt > lateAt ? "backfill" : "";
}

/** Why an overdue device cannot come back by itself, and since when; null when it can. */
function strandedBy({ gateway, credentialsEndAt, now }: PresenceFacts) {
  if (gateway !== null) {
    const isBlocked = blockedGateways.includes(gateway.presence);
    return isBlocked ? { cause: "gateway" as const, since: gateway.since } : null;
  }
  const hasEnded = credentialsEndAt !== null && credentialsEndAt <= now;
  return hasEnded ? { cause: "credential" as const, since: credentialsEndAt } : null;
}

const heard: readonly Presence[] = ["online", "idle", "never_seen"];
const decided: readonly Presence[] = ["suspended", "decommissioned", "quarantined"];

/** The part of the way that was not gone before; never before the last change, never in the future. */
function stepsFrom(facts: PresenceFacts, way: readonly PresenceStep[]): readonly PresenceStep[] {
  const { before, now } = facts;
  const full = [...parting(facts, way), ...way];
  const last = full.at(-1);
  if (last === undefined) return [];
  if (decided.includes(before.presence)) return [{ ...last, at: now }];
  const isWorse = heard.includes(before.presence) || rank(last) > rank(before);
  // One that is overdue still, but less than it was, is so from the moment that somebody looked.
  if (rank(last) >= rank({ presence: "late" }) && !isWorse) return [{ ...last, at: eased(facts) }];
  const between = full
    .slice(0, -1)
    .filter(({ at, presence }) => at > before.since && presence !== before.presence);
  // Without anything new since the last change it is people's expectations that changed, now.
  const at = last.at < before.since ? now : last.at;
  return [...between, { ...last, at: Math.max(Math.min(at, now), before.since) }];
}

/** Between online and overdue lies the time in which a device without a connection is not overdue yet. */
function parting(facts: PresenceFacts, way: readonly PresenceStep[]): readonly PresenceStep[] {
  const { before, connected, disconnectedAt } = facts;
  const [first] = way;
  const isOverdue = first?.presence === "late";
  if (!isOverdue || before.presence !== "online" || connected || disconnectedAt === null) return [];
  return disconnectedAt < first.at ? [{ at: disconnectedAt, presence: "idle", cause: "" }] : [];
}

function eased({ gateway, before, now }: PresenceFacts): number {
  const isGateway = gateway !== null && gateway.since > before.since && gateway.since <= now;
  return isGateway ? gateway.since : now;
}

const ranks: readonly Presence[] = ["online", "idle", "late", "silent", "stranded"];

function rank({ presence }: { readonly presence: Presence }): number {
  return ranks.indexOf(presence);
}

function latest(first: number | null, second: number | null): number | null {
  if (first === null) return second;
  return second === null ? first : Math.max(first, second);
}

function earliest(first: number | null, second: number | null): number | null {
  if (first === null) return second;
  return second === null ? first : Math.min(first, second);
}
