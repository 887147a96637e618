import { defaultBounds, type ListenerBounds } from "#server/gateway/mqtt/limits.ts";

/** Bounds of a worker's HTTPS port for devices. Times in milliseconds. */
export type HttpsBounds = Pick<
  ListenerBounds,
  | "handshakeTimeoutMs"
  | "maxConnections"
  | "maxStrangers"
  | "maxStrangersPerNetwork"
  | "connectsPerSecond"
> & {
  /** From the first byte to the end of the header. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number;
  /** Between the requests of a connection. */
  readonly idleTimeoutMs: number;
  readonly maxHeaderBytes: number;
  /** Of any body; a route may take less. */
  readonly maxBodyBytes: number;
  readonly requestsPerConnection: number;
  /** Of one network (IPv4 /24, IPv6 /56). */
  readonly requestsPerSecond: number;
  /** Time for requests under way when the worker stops. */
  readonly drainMs: number;
};

export const defaultHttpsBounds: HttpsBounds = {
  handshakeTimeoutMs: defaultBounds.handshakeTimeoutMs,
  maxConnections: 4_000,
  // Nobody says who they are once and for all here: each request does.
  maxStrangers: 4_000,
  maxStrangersPerNetwork: 400,
  connectsPerSecond: 200,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  idleTimeoutMs: 10_000,
  maxHeaderBytes: 65_536,
  maxBodyBytes: 65_536,
  requestsPerConnection: 100,
  requestsPerSecond: 25,
  drainMs: 2_000,
};
