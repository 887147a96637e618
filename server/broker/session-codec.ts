/** Sessions as JSON, for and from the functions of the migration `broker`. */
import type { SessionKey } from "#server/broker/publication.ts";
import {
  type OpenRequest,
  type QueuedMessage,
  type RouteChange,
  type SessionHandle,
  type StoredWill,
} from "#server/broker/session-store.ts";
import type { Subscription } from "#server/broker/subscription.ts";

type SubscriptionRow = readonly [
  string,
  Subscription["qos"],
  boolean,
  boolean,
  Subscription["retainHandling"],
  number | null,
];

function encodeSubscription(subscription: Subscription): SubscriptionRow {
  const { filter, qos, noLocal, retainAsPublished, retainHandling, identifier } = subscription;
  return [filter, qos, noLocal, retainAsPublished, retainHandling, identifier ?? null];
}

function decodeSubscription(row: SubscriptionRow): Subscription {
  const [filter, qos, noLocal, retainAsPublished, retainHandling, identifier] = row;
  return {
    filter,
    qos,
    noLocal,
    retainAsPublished,
    retainHandling,
    identifier: identifier ?? undefined,
  };
}

type WillRow = {
  readonly topic: string;
  readonly payload: string;
  readonly forwarded: string;
  readonly qos: StoredWill["qos"];
  readonly retain: boolean;
  readonly expiry: number | null;
  readonly delay: number;
};

function encodeWill(will: StoredWill): WillRow {
  return {
    topic: will.topic,
    payload: will.payload.toString("base64"),
    forwarded: will.forwarded.toString("base64"),
    qos: will.qos,
    retain: will.retain,
    expiry: will.messageExpirySeconds ?? null,
    delay: will.delaySeconds,
  };
}

function decodeWill(row: WillRow): StoredWill {
  return {
    topic: row.topic,
    payload: Buffer.from(row.payload, "base64"),
    forwarded: Buffer.from(row.forwarded, "base64"),
    qos: row.qos,
    retain: row.retain,
    messageExpirySeconds: row.expiry ?? undefined,
    delaySeconds: row.delay,
  };
}

function encodeOwner({
  tenantId,
  owner,
  clientId,
}: Pick<OpenRequest, "tenantId" | "owner" | "clientId">): object {
  return {
    tenant: tenantId,
    client: clientId,
    ...columnOf(owner),
  };
}

/** @throws Error for a session that is never stored, which no caller may bring here */
function columnOf(owner: OpenRequest["owner"]): object {
  switch (owner.kind) {
    case "device":
      return { device: owner.deviceKey.toString() };
    case "service":
      return { service: owner.serviceClientId };
    case "enrolment":
      throw new Error("Nothing is stored of a session that only enrols.");
  }
}

export function encodeOpen(key: SessionKey, request: OpenRequest): object {
  const { will } = request;
  return {
    op: "open",
    key,
    ...encodeOwner(request),
    clean: request.cleanStart,
    expiry: request.expirySeconds,
    remote: request.remote,
    ...(will === undefined ? {} : { will: encodeWill(will) }),
    ...(request.maxQueuedMessages === undefined ? {} : { most: request.maxQueuedMessages }),
    ...(request.maxQueuedBytes === undefined ? {} : { mostBytes: request.maxQueuedBytes }),
  };
}

/** @param isNew whether the connection has no row yet, as far as it knows */
export function encodeSubscribe(
  handle: SessionHandle,
  subscriptions: readonly Subscription[],
  isNew: boolean,
): object {
  return {
    op: "subscribe",
    key: handle.key,
    generation: handle.generation,
    ...encodeOwner(handle),
    expiry: handle.expirySeconds,
    new: isNew,
    subscriptions: subscriptions.map(encodeSubscription),
  };
}

export function encodeEnqueue(
  handle: SessionHandle,
  messages: readonly Omit<QueuedMessage, "seq" | "state">[],
): object {
  return {
    op: "enqueue",
    key: handle.key,
    generation: handle.generation,
    publications: messages.map(({ publication }) => ({
      tenant: handle.tenantId,
      topic: publication.topic,
      payload: publication.payload.toString("base64"),
      forwarded: publication.forwarded.toString("base64"),
      received_at: publication.receivedAt,
      expires_at: publication.expiresAt ?? null,
    })),
    targets: messages.map(({ qos, retain, identifiers }, index) => ({
      publication: index,
      qos,
      retain,
      identifiers,
    })),
  };
}

/** What `mqtt_open` answers. */
export type OpenAnswer = {
  readonly id: bigint | undefined;
  readonly generation: number;
  readonly present: boolean;
  readonly orphanedWill: StoredWill | undefined;
};

export function decodeOpen(answer: unknown): OpenAnswer {
  const { id, generation, present, will } = answer as {
    readonly id: string | null;
    readonly generation: number;
    readonly present: boolean;
    readonly will: WillRow | null;
  };
  return {
    id: id === null ? undefined : BigInt(id),
    generation,
    present,
    orphanedWill: will === null ? undefined : decodeWill(will),
  };
}

type QueuedRow = readonly [
  string,
  QueuedMessage["qos"],
  boolean,
  readonly number[],
  QueuedMessage["state"],
  string,
  string,
  string,
  number | null,
  number,
];

/** A page of a queue. */
export type Page = { readonly queued: readonly QueuedMessage[]; readonly more: boolean };

export const emptyPage: Page = { queued: [], more: false };

/** What `mqtt_page` answers. */
export function decodePage(answer: unknown): Page {
  const { queued, more } = answer as {
    readonly queued: readonly QueuedRow[];
    readonly more: boolean;
  };
  return { queued: queued.map(decodeQueued), more };
}

function decodeQueued(row: QueuedRow): QueuedMessage {
  const [seq, qos, retain, identifiers, state, topic, payload, forwarded, expiresAt, receivedAt] =
    row;
  return {
    seq: BigInt(seq),
    qos,
    retain,
    identifiers,
    state,
    publication: {
      topic,
      payload: Buffer.from(payload, "base64"),
      forwarded: Buffer.from(forwarded, "base64"),
      expiresAt: expiresAt ?? undefined,
      receivedAt,
    },
  };
}

/** What `mqtt_opened` answers for a session with a row. */
export function decodeOpened(answer: unknown): {
  readonly subscriptions: readonly Subscription[];
  readonly inbound: readonly number[];
  readonly lastSeq: bigint;
  readonly page: Page;
} {
  const { subscriptions, inbound, last, page } = answer as {
    readonly subscriptions: readonly SubscriptionRow[];
    readonly inbound: readonly number[];
    readonly last: string;
    readonly page: unknown;
  };
  return {
    subscriptions: subscriptions.map(decodeSubscription),
    inbound,
    lastSeq: BigInt(last),
    page: page === null ? emptyPage : decodePage(page),
  };
}

/** What `mqtt_route_of` answers, or that the session is gone. */
export function decodeRoute(answer: unknown): RouteChange {
  const row = answer as {
    readonly key: SessionKey;
    readonly tenant: string;
    readonly gone?: true;
    readonly id: string;
    readonly worker: string | null;
    readonly keeps: boolean;
    readonly subscriptions: readonly SubscriptionRow[];
  };
  const { key, tenant: tenantId } = row;
  if (row.gone === true || row.subscriptions.length === 0) return { kind: "remove", key, tenantId };
  return {
    kind: "put",
    session: {
      key,
      tenantId,
      id: BigInt(row.id),
      keepsMessages: row.keeps,
      workerId: row.worker ?? undefined,
    },
    subscriptions: row.subscriptions.map(decodeSubscription),
  };
}

/** Versions of the other workers' routes. */
export type ForeignVersions = {
  readonly known: Readonly<Record<string, string>>;
  readonly sum: bigint;
};

export function decodeVersions(answer: unknown): ForeignVersions {
  const { versions, sum } = answer as {
    readonly versions: Readonly<Record<string, string>>;
    readonly sum: string;
  };
  return { known: versions, sum: BigInt(sum) };
}
