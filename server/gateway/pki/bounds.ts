import { defaultBounds, type ListenerBounds } from "#server/gateway/mqtt/limits.ts";

/** Bounds of a worker's PKI port. Times in milliseconds. */
export type PkiBounds = Pick<
  ListenerBounds,
  "maxConnections" | "maxStrangers" | "maxStrangersPerNetwork" | "connectsPerSecond"
> & {
  /** From the first byte to the end of the header. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMs: number;
  /** Between the requests of a connection. */
  readonly idleTimeoutMs: number;
  readonly maxHeaderBytes: number;
  /** Of an OCSP request, also of one within an address. */
  readonly maxRequestBytes: number;
  readonly requestsPerConnection: number;
  /** Of one network (IPv4 /24, IPv6 /56): a list may be long, and who needs it keeps it. */
  readonly requestsPerSecond: number;
  /** Time for requests under way when the worker stops. */
  readonly drainMs: number;
};

export const defaultPkiBounds: PkiBounds = {
  maxConnections: 2_000,
  // Nobody says who they are here.
  maxStrangers: 2_000,
  maxStrangersPerNetwork: 200,
  connectsPerSecond: defaultBounds.connectsPerSecond,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  idleTimeoutMs: 5_000,
  // A request within an address is Base64, and may be escaped.
  maxHeaderBytes: 32_768,
  maxRequestBytes: 16_384,
  requestsPerConnection: 1_000,
  requestsPerSecond: 200,
  drainMs: 2_000,
};
