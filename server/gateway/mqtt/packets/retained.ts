import type { QueuedMessage, RetainedMessage } from "#server/broker/session-store.ts";
import type { Subscription } from "#server/broker/subscription.ts";
import { parseShared } from "#server/broker/topic-filter.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/** Retained messages that one SUBSCRIBE may bring. */
const mostRetained = 10_000;

type Subscribed = {
  readonly subscriptions: readonly Subscription[];
  readonly isNew: readonly boolean[];
};

/** What new subscriptions are to be sent once they are acknowledged. */
export type RetainedFound = {
  readonly fleeting: readonly Unqueued[];
  /** Whether something is in the session's queue. */
  readonly hasKept: boolean;
  readonly asking: readonly Subscription[];
};

/**
 * Reads the retained messages that new subscriptions ask for, §3.3.1.3, and queues those that are
 * kept. Before SUBACK, so that what is published once that is heard comes live and not twice.
 * @returns undefined when the connection has ended meanwhile
 */
export async function readRetained(
  connection: Connection,
  session: Session,
  { subscriptions, isNew }: Subscribed,
): Promise<RetainedFound | undefined> {
  const { store } = connection.gateway;
  const asking = subscriptions.filter((one, index) => asksForRetained(one, isNew[index] === true));
  const fleeting: Unqueued[] = [];
  const kept: Unqueued[] = [];
  for (const subscription of asking) {
    const left = mostRetained - fleeting.length - kept.length;
    if (left <= 0) break;
    const found = await store.retained(session.tenantId, subscription.filter, left);
    if (connection.isOver) return undefined;
    for (const one of found) {
      const message = deliveryOf(one, subscription);
      const isKept = message.qos > 0 && session.handle.expirySeconds > 0;
      (isKept ? kept : fleeting).push(message);
    }
  }
  if (kept.length > 0) await store.enqueue(session.handle, kept);
  return connection.isOver ? undefined : { fleeting, hasKept: kept.length > 0, asking };
}

/** Sends them, ahead of the live deliveries that wait. */
export function sendRetained(
  connection: Connection,
  session: Session,
  { fleeting, hasKept, asking }: RetainedFound,
): void {
  for (const subscription of asking) connection.gateway.sys.send(session, subscription);
  for (const message of fleeting) {
    session.outbound.deliverRetained({ ...message, seq: undefined });
  }
  if (hasKept) session.outbound.announce();
}

/** [MQTT-3.3.1-9], [MQTT-3.3.1-10], [MQTT-3.3.1-11]; shared subscriptions get none, §4.8.2. */
function asksForRetained({ filter, retainHandling }: Subscription, isNew: boolean): boolean {
  if (retainHandling === 2 || parseShared(filter) !== undefined) return false;
  return retainHandling === 0 || isNew;
}

type Unqueued = Omit<QueuedMessage, "seq" | "state">;

/** [MQTT-3.3.1-8]: marked as retained, with the lesser QoS [MQTT-3.8.4-8]. */
function deliveryOf({ qos, ...publication }: RetainedMessage, to: Subscription): Unqueued {
  return {
    publication,
    qos: qos < to.qos ? qos : to.qos,
    retain: true,
    identifiers: to.identifier === undefined ? [] : [to.identifier],
  };
}
