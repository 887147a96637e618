import type { Logger } from "pino";
import type { Delivery, Fanout, FanoutPlan, QueueTarget } from "#server/broker/fanout.ts";
import type { Publication, SessionKey } from "#server/broker/publication.ts";
import { createRouteTree } from "#server/broker/route-tree.ts";
import type { RouteChange } from "#server/broker/session-store.ts";
import type { Match } from "#server/broker/subscription.ts";

/** Connections of this worker, by the key of their session. Unknown keys are ignored. */
export type LocalSessions = {
  /** Never waits; what does not fit is the session's own affair. */
  deliver(key: SessionKey, delivery: Delivery): void;
  /** Something may be in the session's queue that was not delivered: it reads from the database. */
  wake(key: SessionKey): void;
};

/** What other workers change in the routes; the session store knows. */
export type RouteSync = Pick<Fanout, "foreignVersion" | "catchUp">;

/**
 * Why a publication did not go to a session whose subscription matches. away-qos0: QoS 0 is not kept.
 * away: the session keeps nothing. unkept: it is connected to another worker and has no row by which
 * that could be told. queue-full: its queue is at its limit. fault: ours; the log has it.
 */
export type DropCause = "away-qos0" | "away" | "unkept" | "queue-full" | "fault";

/** Totals since the start of the worker. */
export type RouteStats = {
  readonly sessions: number;
  readonly subscriptions: number;
  readonly queued: number;
  readonly direct: number;
  readonly drops: Readonly<Record<DropCause, number>>;
};

export type Routes = Fanout & {
  /** For {@link RouteChange}s of the session store, in their order. */
  apply(changes: readonly RouteChange[]): void;
  stats(): RouteStats;
};

export type RoutesOptions = {
  readonly workerId: string;
  readonly sync: RouteSync;
  readonly local: LocalSessions;
  readonly log: Logger;
  /** Told of every publication that a session's full queue turned away. */
  readonly queueFull?: (key: SessionKey, tenantId: string) => void;
};

type DirectTarget = FanoutPlan["direct"][number];

type Counters = {
  queued: number;
  direct: number;
  readonly drops: Record<DropCause, number>;
};

type Parts = { readonly options: RoutesOptions; readonly counters: Counters };

/** Where publications go, and how they get there; the subscriptions of all workers are known here. */
export function createRoutes(options: RoutesOptions): Routes {
  const { workerId, sync } = options;
  const tree = createRouteTree(workerId);
  const counters: Counters = {
    queued: 0,
    direct: 0,
    drops: { "away-qos0": 0, away: 0, unkept: 0, "queue-full": 0, fault: 0 },
  };
  return {
    apply: (changes) => {
      for (const change of changes) {
        if (change.kind === "put") tree.put(change.session, change.subscriptions);
        else tree.remove(change.tenantId, change.key);
      }
    },
    hasSubscribers: (tenantId) => tree.hasSubscribers(tenantId),
    plan: (publications) => {
      const plan = { publications, queued: [] as QueueTarget[], direct: [] as DirectTarget[] };
      for (const [index, publication] of publications.entries()) {
        for (const match of tree.match(publication)) {
          const dropped = place(plan, match, targetOf(match, publication, index), workerId);
          if (dropped !== undefined) counters.drops[dropped] += 1;
        }
      }
      return plan;
    },
    deliver: (plan, seqs) => deliverAll(plan, seqs, options, counters),
    get foreignVersion() {
      return sync.foreignVersion;
    },
    catchUp: () => sync.catchUp(),
    stats: () => ({ ...tree.size(), ...counters, drops: { ...counters.drops } }),
  };
}

/** [MQTT-3.8.4-8]: the lesser QoS. [MQTT-3.3.1-12], [MQTT-3.3.1-13]: the retain flag of a live message. */
function targetOf(match: Match, publication: Publication, index: number): DirectTarget {
  return {
    sessionKey: match.session.key,
    publication: index,
    qos: match.qos < publication.qos ? match.qos : publication.qos,
    retain: match.retainAsPublished && publication.retain,
    identifiers: match.identifiers,
  };
}

/** Adds a target to the plan by its way. @returns why it has none */
function place(
  plan: { readonly queued: QueueTarget[]; readonly direct: DirectTarget[] },
  { session }: Match,
  target: DirectTarget,
  workerId: string,
): DropCause | undefined {
  const isKept = session.keepsMessages && target.qos > 0;
  if (session.workerId === workerId && (!isKept || session.id === undefined)) {
    plan.direct.push(target);
    return undefined;
  }
  if (session.workerId === undefined && !isKept) {
    return session.keepsMessages ? "away-qos0" : "away";
  }
  if (session.id === undefined) return "unkept";
  // Also QoS 0 for a session on another worker: the queue is how it gets there.
  plan.queued.push({ ...target, sessionId: session.id });
  return undefined;
}

/** Both lists are in the order of the publications; a session gets its messages in that order. */
function deliverAll(
  plan: FanoutPlan,
  seqs: readonly (bigint | undefined)[] | "unknown",
  options: RoutesOptions,
  counters: Counters,
): void {
  const { queued, direct } = plan;
  let next = 0;
  const deliverDirect = (before: number): void => {
    for (; next < direct.length; next += 1) {
      const target = direct[next];
      if (target === undefined || target.publication >= before) return;
      counters.direct += 1;
      deliverOne(plan, target, undefined, { options, counters });
    }
  };
  if (seqs === "unknown") {
    wakeAll(queued, options, counters);
    deliverDirect(Number.POSITIVE_INFINITY);
    return;
  }
  for (const [index, target] of queued.entries()) {
    deliverDirect(target.publication);
    const seq = seqs[index];
    if (seq === undefined) {
      counters.drops["queue-full"] += 1;
      const { tenantId } = plan.publications[target.publication] ?? {};
      if (tenantId !== undefined) options.queueFull?.(target.sessionKey, tenantId);
    } else {
      counters.queued += 1;
      // A session that is connected elsewhere is unknown here; its worker hears by NOTIFY.
      deliverOne(plan, target, seq, { options, counters });
    }
  }
  deliverDirect(Number.POSITIVE_INFINITY);
}

function deliverOne(
  plan: FanoutPlan,
  target: DirectTarget,
  seq: bigint | undefined,
  { options, counters }: Parts,
): void {
  const publication = plan.publications[target.publication];
  if (publication === undefined) return;
  const { sessionKey, qos, retain, identifiers } = target;
  try {
    options.local.deliver(sessionKey, { publication, qos, retain, identifiers, seq });
  } catch (error) {
    fault(error, sessionKey, { options, counters });
  }
}

function wakeAll(queued: readonly QueueTarget[], options: RoutesOptions, counters: Counters): void {
  for (const sessionKey of new Set(queued.map((target) => target.sessionKey))) {
    try {
      options.local.wake(sessionKey);
    } catch (error) {
      fault(error, sessionKey, { options, counters });
    }
  }
}

/** One subscriber's trouble is not the others', nor the pipeline's. */
function fault(error: unknown, sessionKey: SessionKey, { options, counters }: Parts): void {
  counters.drops.fault += 1;
  options.log.error({ event: "fanout.fault", err: error, sessionKey });
}
