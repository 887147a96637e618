/**
 * SUBSCRIBE, §3.8: each filter is judged, what is granted is committed by the store, SUBACK is sent,
 * and the retained messages follow, ahead of what is published meanwhile.
 */
import type { ISubscribePacket, ISubscription } from "mqtt-packet";
import type { Subscription } from "#server/broker/subscription.ts";
import { topicFilterProblem } from "#server/broker/topic-filter.ts";
import { nameOf, tenantOf } from "#server/gateway/identify/principal.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { readRetained, sendRetained } from "#server/gateway/mqtt/packets/retained.ts";
import { maySubscribe, remedyFor } from "#server/gateway/mqtt/permissions.ts";
import { endTakenOver } from "#server/gateway/mqtt/take-over.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** 3.1.1 §3.9.3 has one code for every failure. */
const failure = 0x80;

type Verdict =
  | { readonly granted: Subscription; readonly refusal?: undefined }
  | { readonly granted?: undefined; readonly code: number; readonly refusal: Refusal };

/** One verdict for each filter, in the order of the filters [MQTT-3.8.4-6]. */
export function handleSubscribe(
  connection: Connection,
  session: Session,
  packet: ISubscribePacket,
): boolean {
  const identifier = packet.properties?.subscriptionIdentifier;
  const most = mostSubscriptions(connection, session);
  const verdicts = judgeAll(session, packet.subscriptions, { identifier, most });
  for (const { refusal } of verdicts) if (refusal !== undefined) connection.record(refusal);
  // Of two with one filter the later one replaces the other [MQTT-3.8.4-3].
  const granted = new Map(
    verdicts.flatMap((verdict) =>
      verdict.granted === undefined ? [] : [[verdict.granted.filter, verdict.granted] as const],
    ),
  );
  const codes = verdicts.map((verdict) => codeOf(session, verdict));
  const { messageId = 0 } = packet;
  if (granted.size === 0) {
    connection.send({ cmd: "suback", messageId, granted: codes });
    return true;
  }
  // Packets are answered in order: what follows waits until this one is.
  connection.hold(hold.store);
  connection.gateway.background.run("subscribe.failed", () =>
    subscribe(connection, session, { messageId, codes, subscriptions: [...granted.values()] })
      .catch((error: unknown) => connection.fault(error))
      .finally(() => connection.release(hold.store)),
  );
  return true;
}

type Grant = {
  readonly messageId: number;
  readonly codes: number[];
  readonly subscriptions: readonly Subscription[];
};

async function subscribe(
  connection: Connection,
  session: Session,
  { messageId, codes, subscriptions }: Grant,
): Promise<void> {
  const { store, sessions } = connection.gateway;
  session.outbound.pause();
  try {
    const kept = await store.subscribe(session.handle, subscriptions);
    if (connection.isOver) return;
    if (kept === undefined) {
      endTakenOver(connection, "elsewhere");
      return;
    }
    sessions.numbered(connection);
    for (const one of subscriptions) session.subscriptions.set(one.filter, one);
    const retained = await readRetained(connection, session, { subscriptions, ...kept });
    if (retained === undefined) return;
    // [MQTT-3.8.4-1], [MQTT-3.8.4-2]
    connection.send({ cmd: "suback", messageId, granted: codes });
    sendRetained(connection, session, retained);
  } finally {
    session.outbound.resume();
  }
}

/** As it is now: no client was told it, so that a change holds at once. */
function mostSubscriptions({ gateway }: Connection, { principal }: Session): number {
  return gateway.limitsOf(tenantOf(principal)).connection.maxSubscriptions;
}

/** Judges the filters as if they came one by one [MQTT-3.8.4-5]. */
function judgeAll(
  session: Session,
  subscriptions: readonly ISubscription[],
  { identifier, most }: { readonly identifier: number | undefined; readonly most: number },
): readonly Verdict[] {
  const filters = new Set(session.subscriptions.keys());
  return subscriptions.map((subscription) => {
    const refused = judge(session, subscription.topic, { filters, most });
    if (refused !== undefined) return refused;
    filters.add(subscription.topic);
    return { granted: subscriptionOf(subscription, identifier) };
  });
}

function subscriptionOf(
  { topic, qos, nl, rap, rh }: ISubscription,
  identifier: number | undefined,
): Subscription {
  return {
    filter: topic,
    qos,
    noLocal: nl === true,
    retainAsPublished: rap === true,
    retainHandling: rh === 1 || rh === 2 ? rh : 0,
    identifier,
  };
}

function judge(
  { principal }: Session,
  filter: string,
  { filters, most }: { readonly filters: ReadonlySet<string>; readonly most: number },
): Extract<Verdict, { readonly refusal: Refusal }> | undefined {
  const remedy = remedyFor(principal, "subscribe", filter);
  const problem = topicFilterProblem(filter);
  if (problem !== undefined) {
    const detail = `The topic filter ${quoted(filter)} ${problem}.`;
    const refusal: Refusal = { cause: "topic-invalid", detail, remedy };
    return { code: reasonCode.topicFilterInvalid, refusal };
  }
  if (!maySubscribe(principal, filter)) {
    const detail = `${nameOf(principal)} may not subscribe to ${quoted(filter)}.`;
    const refusal: Refusal = { cause: "subscribe-not-allowed", detail, remedy };
    return { code: reasonCode.notAuthorized, refusal };
  }
  if (filters.has(filter) || filters.size < most) return undefined;
  const detail = `${nameOf(principal)} has ${most} subscriptions, which is the limit.`;
  const raise = "Subscribe to fewer filters with wildcards, or raise the limit.";
  return {
    code: reasonCode.quotaExceeded,
    refusal: { cause: "quota", detail, remedy: raise },
  };
}

/** [MQTT-3.9.3-1], [MQTT-3.9.3-2]: the QoS that was asked for is granted [MQTT-3.8.4-8]. */
function codeOf({ version }: Session, verdict: Verdict): number {
  if (verdict.granted !== undefined) return verdict.granted.qos;
  return version === 5 ? verdict.code : failure;
}
