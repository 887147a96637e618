import { matchesTopic, parseShared } from "#server/broker/topic-filter.ts";
import type { Tx } from "#server/db/client.ts";
import type { FollowedFanout, FollowedSubscriber } from "#server/services/message/followed.ts";

const mostSubscriptions = 5000;
const mostShown = 50;

const columns = {
  filter: true,
  qos: true,
  session: {
    select: {
      id: true,
      clientId: true,
      ownerKind: true,
      deviceKey: true,
      serviceClientId: true,
      workerId: true,
    },
  },
} as const;

/** A tenant's subscriptions, read once for all messages of an answer. */
export type Subscriptions = Awaited<ReturnType<typeof readSubscriptions>>;

export async function readSubscriptions(tx: Tx, tenantId: string) {
  const rows = await tx.mqttSubscription.findMany({
    where: { tenantId, session: { endedAt: null } },
    orderBy: [{ sessionId: "asc" }, { filter: "asc" }],
    take: mostSubscriptions,
    select: columns,
  });
  return {
    rows,
    isCut: rows.length === mostSubscriptions,
    names: await namesOf(tx, tenantId, rows),
  };
}

type Rows = readonly {
  readonly session: { readonly deviceKey: bigint | null; readonly serviceClientId: string | null };
}[];

/** Who the sessions belong to: by device key, or by service client. */
async function namesOf(tx: Tx, tenantId: string, rows: Rows): Promise<ReadonlyMap<string, string>> {
  const sessions = rows.map(({ session }) => session);
  const keys = sessions.flatMap(({ deviceKey }) => (deviceKey === null ? [] : [deviceKey]));
  const ids = sessions.flatMap((each) =>
    each.serviceClientId === null ? [] : [each.serviceClientId],
  );
  const devices = await tx.device.findMany({
    where: { tenantId, key: { in: [...new Set(keys)] } },
    select: { key: true, deviceId: true },
  });
  const clients = await tx.serviceClient.findMany({
    where: { tenantId, id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map([
    ...devices.map(({ key, deviceId }) => [key.toString(), deviceId] as const),
    ...clients.map(({ id, name }) => [id, name] as const),
  ]);
}

/**
 * Who gets what is published to a topic now, and what of this message waits for them.
 * @param at.isTopicKnown false where a stream may follow: copies are then found by their beginning
 */
export async function readFanout(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly subscriptions: Subscriptions;
    readonly topic: string;
    readonly isTopicKnown: boolean;
    readonly receivedAt: Date;
  },
): Promise<FollowedFanout> {
  const { tenantId, subscriptions, topic, isTopicKnown } = at;
  const matching = subscriptions.rows.filter(({ filter }) =>
    matchesTopic(parseShared(filter)?.filter ?? filter, topic),
  );
  const shown = matching.slice(0, mostShown);
  // Receipt is kept in microseconds there, and read in milliseconds here.
  const until = new Date(at.receivedAt.getTime() + 1);
  const waiting = await tx.mqttQueuedMessage.groupBy({
    by: ["sessionId"],
    where: {
      tenantId,
      sessionId: { in: shown.map(({ session }) => session.id) },
      topic: isTopicKnown ? topic : { startsWith: topic },
      receivedAt: { gte: at.receivedAt, lt: until },
    },
    _count: true,
  });
  const counts = new Map(waiting.map((each) => [each.sessionId, each._count]));
  return {
    topic,
    isTopicKnown,
    subscribers: shown.map(({ filter, qos, session }): FollowedSubscriber => {
      const owner = session.deviceKey?.toString() ?? session.serviceClientId ?? "";
      return {
        sessionId: session.id.toString(),
        clientId: session.clientId,
        owner: { kind: session.ownerKind, name: subscriptions.names.get(owner) ?? owner },
        filter,
        qos,
        connected: session.workerId !== null,
        waiting: counts.get(session.id) ?? 0,
      };
    }),
    isCut: subscriptions.isCut || matching.length > mostShown,
  };
}
