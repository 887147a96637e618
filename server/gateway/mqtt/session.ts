import type { Credential } from "#server/gateway/identify/identify.ts";
import type { SessionFacts } from "#server/gateway/device-status.ts";
import type { ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import type { DeviceTopics } from "#server/gateway/mqtt/topics.ts";
import type { DeviceIdentity } from "#server/ingest/message.ts";

/** A will that was accepted: its topic lies below the device's own `up/`. */
export type Will = {
  readonly topic: string;
  readonly channel: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
};

/** A topic name as it was judged last; devices mostly publish to one. */
export type JudgedTopic = {
  readonly bytes: Buffer;
  readonly name: string;
  /** Undefined when the device may not publish there. */
  readonly channel: string | undefined;
  /** What is wrong with the name itself. */
  readonly problem: string | undefined;
};

/** What lives from CONNACK to the end of the connection. (Session expiry is 0 for now.) */
export type Session = {
  readonly version: ProtocolVersion;
  readonly clientId: string;
  readonly credential: Credential;
  readonly topics: DeviceTopics;
  readonly facts: SessionFacts;
  /** Replaced as a whole when the registry changes. */
  device: DeviceIdentity;
  will: Will | undefined;
  /** Granted keep-alive; 0 for none. */
  readonly keepAliveMs: number;
  readonly wantsSessionExpiry: boolean;
  /** [MQTT-3.1.2-29]: whether acknowledgements may carry a reason string. */
  readonly wantsProblems: boolean;
  /** QoS 1 deliveries that the client takes at once. */
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
  /** Granted QoS by topic filter. */
  readonly subscriptions: Map<string, 0 | 1>;
  lastTopic: JudgedTopic;
  /** QoS 1 publications handed to the pipeline, and those of them whose fate is known. */
  accepted: number;
  settled: number;
  /** Packet identifiers to acknowledge with the next write. */
  readonly acknowledgements: number[];
  /** Refused publications that wait their turn: acknowledged when `settled` reaches `after`. */
  readonly lateRefusals: { readonly after: number; readonly packet: Buffer }[];
  /** Packet identifiers of deliveries that the client has not acknowledged. */
  readonly inflight: Set<number>;
  lastPacketId: number;
};
