/** `$SYS` topics, in Mosquitto's names where it has them: what the server says of itself. */
import { matchesTopic, parseShared } from "#server/broker/topic-filter.ts";
import type { Subscription } from "#server/broker/subscription.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import type { Sessions } from "#server/gateway/mqtt/sessions.ts";

/** What is told; totals since the start of the worker. */
export type SysFigures = {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly clientsConnected: number;
  /** Also those away. */
  readonly clientsTotal: number;
  readonly connects: number;
  readonly subscriptions: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly messagesDropped: number;
  readonly bytesReceived: number;
};

export type SysTopics = {
  /** Sends the topics that a new subscription selects, as retained messages. */
  send(session: Session, subscription: Subscription): void;
  /** Sends all topics to all who subscribe to them. */
  publish(): void;
};

const nothing = Buffer.alloc(0);

/** Of this worker; a client sees that of the worker that it is connected to. */
function topicsOf(figures: SysFigures, loads: Loads): ReadonlyMap<string, string> {
  const numbers: readonly (readonly [string, number | string])[] = [
    ...loads.topics(),
    ["clients/connected", figures.clientsConnected],
    ["clients/active", figures.clientsConnected],
    ["clients/disconnected", figures.clientsTotal - figures.clientsConnected],
    ["clients/total", figures.clientsTotal],
    ["subscriptions/count", figures.subscriptions],
    ["messages/received", figures.messagesReceived],
    ["messages/sent", figures.messagesSent],
    ["publish/messages/received", figures.messagesReceived],
    ["publish/messages/sent", figures.messagesSent],
    ["publish/messages/dropped", figures.messagesDropped],
    ["bytes/received", figures.bytesReceived],
  ];
  return new Map([
    ["$SYS/broker/version", figures.version],
    ["$SYS/broker/uptime", `${Math.floor(figures.uptimeSeconds)} seconds`],
    ...numbers.map(([name, value]) => [`$SYS/broker/${name}`, String(value)] as const),
  ]);
}

const minutes = [1, 5, 15] as const;

/** What happened a minute, averaged over one, five and fifteen, as a load average is. */
class Loads {
  readonly #averages = new Map<string, number>();
  #last: SysFigures | undefined;
  #at = 0;

  /** @param now epoch milliseconds */
  note(figures: SysFigures, now: number): void {
    const passedMinutes = (now - this.#at) / 60_000;
    const last = this.#last;
    this.#last = figures;
    this.#at = now;
    if (last === undefined || passedMinutes <= 0) return;
    const rates = {
      "messages/received": figures.messagesReceived - last.messagesReceived,
      "messages/sent": figures.messagesSent - last.messagesSent,
      "bytes/received": figures.bytesReceived - last.bytesReceived,
      connections: figures.connects - last.connects,
    };
    for (const [name, count] of Object.entries(rates)) {
      for (const over of minutes) {
        const key = `load/${name}/${over}min`;
        const weight = Math.exp(-passedMinutes / over);
        const before = this.#averages.get(key) ?? 0;
        this.#averages.set(key, before * weight + (count / passedMinutes) * (1 - weight));
      }
    }
  }

  topics(): readonly (readonly [string, string])[] {
    return [...this.#averages].map(([key, average]) => [key, average.toFixed(2)] as const);
  }
}

/**
 * They are never stored and never leave the worker: each client gets them from its own connection.
 * @param now epoch milliseconds
 */
export function createSysTopics(input: {
  readonly figures: () => SysFigures;
  readonly sessions: Pick<Sessions, "all">;
  readonly now: () => number;
}): SysTopics {
  const loads = new Loads();
  const deliver = (
    session: Session,
    subscription: Subscription,
    { topics, retain }: { readonly topics: ReadonlyMap<string, string>; readonly retain: boolean },
  ): void => {
    const { filter, identifier } = subscription;
    for (const [topic, text] of topics) {
      if (!matchesTopic(filter, topic)) continue;
      const publication = {
        topic,
        payload: Buffer.from(text),
        expiresAt: undefined,
        receivedAt: input.now(),
        forwarded: nothing,
      };
      const identifiers = identifier === undefined ? [] : [identifier];
      const delivery = { publication, qos: 0 as const, retain, identifiers, seq: undefined };
      if (retain) session.outbound.deliverRetained(delivery);
      else session.outbound.deliver(delivery);
    }
  };
  return {
    send: (session, subscription) => {
      if (!isSys(subscription)) return;
      const topics = topicsOf(input.figures(), loads);
      deliver(session, subscription, { topics, retain: true });
    },
    publish: () => {
      const figures = input.figures();
      loads.note(figures, input.now());
      let topics: ReadonlyMap<string, string> | undefined;
      for (const { session } of input.sessions.all()) {
        if (session === undefined) continue;
        for (const subscription of session.subscriptions.values()) {
          if (!isSys(subscription)) continue;
          topics ??= topicsOf(figures, loads);
          deliver(session, subscription, { topics, retain: false });
        }
      }
    },
  };
}

/** Shared ones would need all workers to agree whose turn it is; they get nothing. */
function isSys({ filter }: Subscription): boolean {
  return filter.startsWith("$SYS/") && parseShared(filter) === undefined;
}
