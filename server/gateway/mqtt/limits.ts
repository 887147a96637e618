import { defaultListenerLimits, type ListenerLimits } from "#server/domain/listener-limits.ts";

/** Limits of a tenant's clients. */
export type MqttLimits = ListenerLimits;

/** @returns the limits as they are now; the same object until they change */
export type LimitsOf = (tenantId: string) => MqttLimits;

export const defaultLimits: MqttLimits = defaultListenerLimits;

/** How many seconds' worth of a rate may come at once. */
export const burstSeconds = 2;

/** Bounds of a worker's listeners, before anybody is identified. Times in milliseconds. */
export type ListenerBounds = {
  /** From accepting the TCP connection to the end of the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** From the handshake to a whole CONNECT. */
  readonly connectTimeoutMs: number;
  /** Largest CONNECT, in bytes; a packet after it is bound by the tenant's limit. */
  readonly maxConnectBytes: number;
  readonly maxConnections: number;
  /** Connections that have not said who they are: the other places are for those that have. */
  readonly maxStrangers: number;
  /** Of those from one network (IPv4 /24, IPv6 /56), which may be the balancer of a whole fleet. */
  readonly maxStrangersPerNetwork: number;
  /**
   * New connections a second over all listeners, half of them from one network; the buckets hold two
   * seconds' worth.
   */
  readonly connectsPerSecond: number;
  /** What may wait in memory for all clients, in messages and bytes; @see OutboundMemory */
  readonly outboundMessages: number;
  readonly outboundBytes: number;
  /** Time for devices to leave when the worker stops. */
  readonly drainMs: number;
};

export const defaultBounds: ListenerBounds = {
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  maxConnectBytes: 262_144,
  maxConnections: 20_000,
  maxStrangers: 10_000,
  maxStrangersPerNetwork: 1_000,
  connectsPerSecond: 500,
  outboundMessages: 2_000_000,
  outboundBytes: 256 * 1_048_576,
  drainMs: 3_000,
};
