import type { Database } from "#server/db/client.ts";
import type { ControlEvent } from "#server/db/notify-control.ts";
import type { Env } from "#server/env.ts";
import type { LiveBus } from "#server/live/bus.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";
import type { SystemParts } from "#server/services/system-context.ts";

export type Stop = () => Promise<void> | void;

const followedKinds = [
  "revocation",
  "renewal",
  "campaign",
  "trust",
  "probe",
  "alerts",
  "work",
] as const;

/** Control events that parts of a worker follow by themselves, once they run. */
export type FollowedEvent = Extract<
  ControlEvent,
  { readonly kind: (typeof followedKinds)[number] }
>;

export function isFollowed(event: ControlEvent): event is FollowedEvent {
  return followedKinds.some((kind) => kind === event.kind);
}

/** What is to be done at an event; `undefined` when a notification may have been missed. */
export type Follow = (event: FollowedEvent | undefined) => void;

/** Who follows which events. */
export type Followers = {
  /** Adds one to those that follow the kind. */
  set(kind: FollowedEvent["kind"], follow: Follow): void;
  /** All that follow the kind, as one. */
  get(kind: FollowedEvent["kind"]): Follow | undefined;
  values(): Iterable<Follow>;
};

/** Nobody follows anything yet. */
export function createFollowers(): Followers {
  const all = new Map<FollowedEvent["kind"], Follow>();
  return {
    set: (kind, follow) => {
      const before = all.get(kind);
      all.set(kind, (event) => {
        before?.(event);
        follow(event);
      });
    },
    get: (kind) => all.get(kind),
    values: () => all.values(),
  };
}

/** What the parts of a worker share. */
export type WorkerParts = {
  readonly env: Env;
  /** Connections of the ingest role. */
  readonly db: Database;
  /** Connections of the application role, for services that the worker calls in a tenant. */
  readonly system: SystemParts;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly live: LiveBus;
  readonly workerId: string;
  readonly signerPath: string;
  /** Epoch milliseconds, fractional. */
  readonly clock: () => number;
  readonly followers: Followers;
  /** Called in reverse order. */
  readonly stops: Stop[];
};

/** Runs `work` again and again, never twice at once. @returns stops it */
export function repeat(everyMs: number, work: () => Promise<void> | void): Stop {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= Promise.resolve(work()).finally(() => {
      running = undefined;
    });
  }, everyMs);
  return () => {
    clearInterval(timer);
    return running;
  };
}
