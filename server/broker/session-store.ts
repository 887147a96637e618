import type { Owner, Publication, Qos, SessionKey } from "#server/broker/publication.ts";
import type { RoutedSession, Subscription } from "#server/broker/subscription.ts";

/** Session expiry that means "never", MQTT 5.0 §3.1.2.11.2. */
export const neverExpires = 0xffff_ffff;

/** A will as it is kept with its session, to be published also when the worker dies. */
export type StoredWill = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Encoded as in {@link Publication.forwarded}. */
  readonly forwarded: Buffer;
  /** Seconds; undefined for a message that does not expire. */
  readonly messageExpirySeconds: number | undefined;
  /** Seconds between the end of the connection and the publication. */
  readonly delaySeconds: number;
};

export type OpenRequest = {
  readonly tenantId: string;
  readonly owner: Owner;
  readonly clientId: string;
  readonly cleanStart: boolean;
  /** Seconds; 0 ends with the connection, {@link neverExpires} never does. */
  readonly expirySeconds: number;
  readonly will: StoredWill | undefined;
  /** Told to the worker that loses the session. */
  readonly remote: string;
  /** Limits of its kept queue, where they differ from 1 000 messages and 16 MiB. */
  readonly maxQueuedMessages?: number;
  readonly maxQueuedBytes?: number;
};

/** A message in the queue of a session. */
export type QueuedMessage = {
  /** Grows by at least one with every message of the session; fixes its packet identifier. */
  readonly seq: bigint;
  /** QoS of this delivery. */
  readonly qos: Qos;
  readonly retain: boolean;
  readonly identifiers: readonly number[];
  /**
   * waiting: not sent on an earlier connection. maybe-sent: an earlier connection sent it, or may
   * have done so before a crash. released: PUBREC came, PUBREL is due (QoS 2).
   */
  readonly state: "waiting" | "maybe-sent" | "released";
  readonly publication: Pick<
    Publication,
    "topic" | "payload" | "expiresAt" | "receivedAt" | "forwarded"
  >;
};

/** What is known of a session when its client connects. */
export type OpenedSession = {
  /** Row of `mqtt_session`; undefined when nothing is kept (no expiry, no will, no subscription). */
  readonly id: bigint | undefined;
  /** Grows with each connection; what an older connection still writes is ignored. */
  readonly generation: number;
  /** Session present of CONNACK [MQTT-3.2.2-2]. */
  readonly present: boolean;
  readonly subscriptions: readonly Subscription[];
  /** Packet identifiers of QoS 2 publications that were stored and not yet released by PUBREL. */
  readonly inbound: readonly number[];
  /** Everything that is queued, oldest first, at most a page; the rest by {@link SessionStore.page}. */
  readonly queued: readonly QueuedMessage[];
  readonly more: boolean;
  /** Largest seq that was given when `queued` was read; 0 for none. */
  readonly lastSeq: bigint;
  /**
   * A will of the session's last connection that is due now: publish it. Its worker died, its delay
   * is over, or this connection's Clean Start ended the session before the delay was over. A live
   * connection that is taken over publishes a will without delay itself, and no other.
   */
  readonly orphanedWill: StoredWill | undefined;
};

/** A connection's hold on its session row. */
export type SessionHandle = {
  readonly key: SessionKey;
  readonly tenantId: string;
  readonly owner: Owner;
  readonly clientId: string;
  id: bigint | undefined;
  generation: number;
  expirySeconds: number;
};

export type SubscribeResult = {
  /** Which of the filters the session did not have before, for retain handling 1. */
  readonly isNew: readonly boolean[];
};

export type CloseRequest = {
  /** As CONNECT asked, or as DISCONNECT changed it. */
  readonly expirySeconds: number;
  /** Undefined when the will was published or discarded; else it is published when due. */
  readonly willDueAt: Date | undefined;
  /** Largest seq that was sent to the client; without it all that is queued may have been sent. */
  readonly sentThrough?: bigint | undefined;
};

/** A retained message, to be sent to a new subscription. */
export type RetainedMessage = Pick<
  Publication,
  "topic" | "payload" | "qos" | "expiresAt" | "receivedAt" | "forwarded"
>;

/**
 * Where sessions live: PostgreSQL in the product. Calls of one session take effect in the order in
 * which they are made; each resolves when it is committed. Many calls share a transaction.
 * A call for a session that another connection has taken over changes nothing and resolves false
 * (or void). They reject only when the worker stops; while the database is away they wait.
 */
export type SessionStore = {
  /** @throws Error when the database cannot be asked within some seconds */
  open(request: OpenRequest): Promise<OpenedSession>;
  /**
   * Adds or replaces subscriptions [MQTT-3.8.4-3]; makes the row when there is none and sets
   * `handle.id`.
   * @returns undefined when another connection has the session: nothing may be promised then
   */
  subscribe(
    handle: SessionHandle,
    subscriptions: readonly Subscription[],
  ): Promise<SubscribeResult | undefined>;
  /**
   * @returns for each filter whether there was such a subscription; undefined when another connection
   *   has the session
   */
  unsubscribe(
    handle: SessionHandle,
    filters: readonly string[],
  ): Promise<readonly boolean[] | undefined>;
  /** Queues messages for a session that keeps them (retained messages, the server's own). */
  enqueue(
    handle: SessionHandle,
    messages: readonly Omit<QueuedMessage, "seq" | "state">[],
  ): Promise<readonly (bigint | undefined)[]>;
  /** A page of the queue after `seq`. */
  page(
    handle: SessionHandle,
    afterSeq: bigint,
  ): Promise<{ readonly queued: readonly QueuedMessage[]; readonly more: boolean }>;
  /** PUBREC came: from here on only PUBREL is sent, also after a crash. */
  release(handle: SessionHandle, seq: bigint): Promise<boolean>;
  /** The client has these messages (PUBACK, PUBCOMP), or they expired or are too large for it. */
  done(handle: SessionHandle, seqs: readonly bigint[]): void;
  /** PUBREL came: the packet identifier may be used anew once this is committed. */
  forgetInbound(handle: SessionHandle, packetId: number): Promise<boolean>;
  close(handle: SessionHandle, request: CloseRequest): Promise<void>;
  /** Retained messages whose topic a filter selects, not expired, at most `limit`. */
  retained(tenantId: string, filter: string, limit: number): Promise<readonly RetainedMessage[]>;
};

/** What other workers did, told to this one. */
export type StoreEvents = {
  /**
   * Another connection, maybe on another worker, has the session now. `remote` is empty when this
   * worker was silent for so long that it was taken for dead: the will is in other hands then.
   */
  readonly takenOver: (
    key: SessionKey,
    by: { readonly generation: number; readonly remote: string },
  ) => void;
  /** Another worker queued messages for a session that is connected here. */
  readonly queued: (sessionId: bigint) => void;
  /** An operator ended the session: nothing of it is kept any more, its connection is to close. */
  readonly ended: (key: SessionKey) => void;
};

/** Sessions as routing needs them; see routes.ts. */
export type RouteChange =
  | {
      readonly kind: "put";
      readonly session: RoutedSession;
      readonly subscriptions: readonly Subscription[];
    }
  | { readonly kind: "remove"; readonly key: SessionKey; readonly tenantId: string };
