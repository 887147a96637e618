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

/** Sends the retained messages that new subscriptions ask for, §3.3.1.3. */
export async function sendRetained(
  connection: Connection,
  session: Session,
  { subscriptions, isNew }: Subscribed,
): Promise<void> {
  const { store, sys } = connection.gateway;
  let left = mostRetained;
  for (const [index, subscription] of subscriptions.entries()) {
    if (!asksForRetained(subscription, isNew[index] === true)) continue;
    sys.send(session, subscription);
    if (left <= 0) continue;
    const found = await store.retained(session.tenantId, subscription.filter, left);
    if (connection.isOver) return;
    left -= found.length;
    await send(
      connection,
      session,
      found.map((one) => deliveryOf(one, subscription)),
    );
  }
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

async function send(
  connection: Connection,
  session: Session,
  messages: readonly Unqueued[],
): Promise<void> {
  const { outbound, handle } = session;
  const kept: Unqueued[] = [];
  for (const message of messages) {
    if (message.qos > 0 && handle.expirySeconds > 0) kept.push(message);
    else outbound.deliverRetained({ ...message, seq: undefined });
  }
  if (kept.length === 0) return;
  await connection.gateway.store.enqueue(handle, kept);
  outbound.announce();
}
