import type { Qos, SessionKey } from "#server/broker/publication.ts";

/** One subscription with its options, MQTT 5.0 §3.8.3.1. */
export type Subscription = {
  /** As the client sent it, `$share/{name}/` included. */
  readonly filter: string;
  /** Largest QoS granted. */
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** 0: send retained messages, 1: only if the subscription is new, 2: do not. */
  readonly retainHandling: 0 | 1 | 2;
  /** 1 to 268 435 455; undefined when the client gave none. */
  readonly identifier: number | undefined;
};

/** A session as everyone who routes messages sees it. */
export type RoutedSession = {
  readonly key: SessionKey;
  readonly tenantId: string;
  /** Row of `mqtt_session`; undefined while nothing of the session is kept. */
  readonly id: bigint | undefined;
  /** Whether messages are kept for it while it is away (session expiry above 0). */
  readonly keepsMessages: boolean;
  /** The worker that has its connection; undefined while it is away. */
  readonly workerId: string | undefined;
};

/** A session that a publication goes to: its matching subscriptions, merged [MQTT-3.3.4-2]. */
export type Match = {
  readonly session: RoutedSession;
  /** Largest QoS of the subscriptions that match. */
  readonly qos: Qos;
  /** Retain flag is passed on as published when any matching subscription asks for it. */
  readonly retainAsPublished: boolean;
  /** Of all matching subscriptions that have one [MQTT-3.3.4-3] [MQTT-3.3.4-4]. */
  readonly identifiers: readonly number[];
};
