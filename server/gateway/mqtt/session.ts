import type { SessionKey } from "#server/broker/publication.ts";
import type { SessionHandle, StoredWill } from "#server/broker/session-store.ts";
import type { Subscription } from "#server/broker/subscription.ts";
import type { Credential } from "#server/gateway/identify/identify.ts";
import type { Principal } from "#server/gateway/identify/principal.ts";
import type { EnrolmentTurn } from "#server/gateway/enrol/turn.ts";
import type { SessionFacts } from "#server/gateway/device-status.ts";
import type { ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import type { Inbound } from "#server/gateway/mqtt/inbound.ts";
import type { MqttLimits } from "#server/gateway/mqtt/limits.ts";
import type { Outbound } from "#server/gateway/mqtt/outbound/outbound.ts";
import type { Permission } from "#server/gateway/mqtt/permissions.ts";
import type { Throttle } from "#server/gateway/mqtt/throttle.ts";

/** A topic name as it was judged last; devices mostly publish to one. */
export type JudgedTopic = {
  readonly bytes: Buffer;
  readonly name: string;
  /** Undefined when the client may not publish there. */
  readonly permission: Permission | undefined;
  /** What is wrong with the name itself. */
  readonly problem: string | undefined;
};

export const noTopic: JudgedTopic = {
  bytes: Buffer.alloc(0),
  name: "",
  permission: undefined,
  problem: "is empty",
};

/** A client's session as one connection has it; what outlives the connection is in the store. */
export type Session = {
  readonly version: ProtocolVersion;
  readonly clientId: string;
  readonly key: SessionKey;
  readonly tenantId: string;
  readonly credential: Credential;
  /** Replaced as a whole when the registry changes. */
  principal: Principal;
  /** Of devices only. */
  readonly facts: SessionFacts | undefined;
  /** Of those who only enrol a device. */
  readonly turn: EnrolmentTurn | undefined;
  readonly handle: SessionHandle;
  /** Undefined when there is none, and once it is published or discarded. */
  will: StoredWill | undefined;
  /** Granted keep-alive; 0 for none. */
  readonly keepAliveMs: number;
  /** Whether CONNECT asked for a session that outlives the connection [MQTT-3.14.2-2]. */
  readonly asksForExpiry: boolean;
  /** [MQTT-3.1.2-29]: whether acknowledgements may carry a reason string. */
  readonly wantsProblems: boolean;
  readonly maximumPacketSize: number;
  /** By topic filter. */
  readonly subscriptions: Map<string, Subscription>;
  readonly limits: MqttLimits;
  readonly throttle: Throttle;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  lastTopic: JudgedTopic;
};
