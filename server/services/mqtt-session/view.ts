import type { Prisma } from "#server/db/generated/client.ts";

/** An MQTT session as it is kept. Times are ISO 8601 in UTC. */
export type MqttSessionView = {
  readonly id: string;
  readonly clientId: string;
  readonly connected: boolean;
  /** Where its connection is, or was last. */
  readonly remote: string;
  /** The machine whose worker has the connection; null while the client is away. */
  readonly worker: { readonly id: string; readonly host: string | null } | null;
  readonly createdAt: string;
  readonly connectedAt: string;
  readonly disconnectedAt: string | null;
  /** Seconds after the end of the connection; 0: ends with it, null: never. */
  readonly expirySeconds: number | null;
  /** When it ends unless the client comes back; null while connected, and for never. */
  readonly expiresAt: string | null;
  /** At most {@link mostSubscriptions}; `subscriptionCount` says how many there are. */
  readonly subscriptions: readonly {
    readonly filter: string;
    readonly qos: number;
    readonly noLocal: boolean;
    readonly retainAsPublished: boolean;
    readonly retainHandling: number;
    readonly identifier: number | null;
    readonly createdAt: string;
  }[];
  readonly subscriptionCount: number;
  readonly queue: {
    readonly messages: number;
    readonly bytes: number;
    readonly mostMessages: number;
    readonly mostBytes: number;
    /** Messages that found it full, since the session began. */
    readonly dropped: number;
  };
  readonly will: {
    readonly topic: string;
    readonly qos: number;
    readonly retain: boolean;
    readonly bytes: number;
    /** Seconds between the end of the connection and the will. */
    readonly delaySeconds: number;
    /** When it will be published; null while the client is connected. */
    readonly dueAt: string | null;
  } | null;
};

/** MQTT 5.0 §3.1.2.11.2 */
const neverExpires = 0xffff_ffffn;
const mostSubscriptions = 200;

export const mqttSessionColumns = {
  id: true,
  clientId: true,
  workerId: true,
  remote: true,
  createdAt: true,
  connectedAt: true,
  disconnectedAt: true,
  expirySeconds: true,
  expiresAt: true,
  willTopic: true,
  willPayload: true,
  willQos: true,
  willRetain: true,
  willDelaySeconds: true,
  willDueAt: true,
  queuedCount: true,
  queuedBytes: true,
  droppedCount: true,
  maxQueuedCount: true,
  maxQueuedBytes: true,
  _count: { select: { subscriptions: true } },
  subscriptions: {
    select: {
      filter: true,
      qos: true,
      noLocal: true,
      retainAsPublished: true,
      retainHandling: true,
      identifier: true,
      createdAt: true,
    },
    orderBy: [{ createdAt: "asc" }, { filter: "asc" }],
    take: mostSubscriptions,
  },
} as const satisfies Prisma.MqttSessionSelect;

type Row = Prisma.MqttSessionGetPayload<{ select: typeof mqttSessionColumns }>;

/** @param hosts of workers whose heart beats, by id */
export function mqttSessionView(row: Row, hosts: ReadonlyMap<string, string>): MqttSessionView {
  const { workerId } = row;
  return {
    id: row.id.toString(),
    clientId: row.clientId,
    connected: workerId !== null,
    remote: row.remote,
    worker: workerId === null ? null : { id: workerId, host: hosts.get(workerId) ?? null },
    createdAt: row.createdAt.toISOString(),
    connectedAt: row.connectedAt.toISOString(),
    disconnectedAt: row.disconnectedAt?.toISOString() ?? null,
    expirySeconds: row.expirySeconds >= neverExpires ? null : Number(row.expirySeconds),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    subscriptions: row.subscriptions.map((subscription) => ({
      ...subscription,
      createdAt: subscription.createdAt.toISOString(),
    })),
    subscriptionCount: row._count.subscriptions,
    queue: {
      messages: row.queuedCount,
      bytes: Number(row.queuedBytes),
      mostMessages: row.maxQueuedCount,
      mostBytes: Number(row.maxQueuedBytes),
      dropped: Number(row.droppedCount),
    },
    will: willOf(row),
  };
}

function willOf(row: Row): MqttSessionView["will"] {
  if (row.willTopic === null) return null;
  return {
    topic: row.willTopic,
    qos: row.willQos,
    retain: row.willRetain,
    bytes: row.willPayload?.length ?? 0,
    delaySeconds: Number(row.willDelaySeconds),
    dueAt: row.willDueAt?.toISOString() ?? null,
  };
}
