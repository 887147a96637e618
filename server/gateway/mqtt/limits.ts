/** Bounds of the MQTT listeners. Times in milliseconds unless the name says otherwise. */
export type MqttLimits = {
  /** From accepting the TCP connection to the end of the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** From the handshake to a whole CONNECT. */
  readonly connectTimeoutMs: number;
  /** Whole packet with its fixed header, told in CONNACK. */
  readonly maxPacketBytes: number;
  readonly maxConnections: number;
  /** New connections a second over both listeners; the bucket holds two seconds' worth. */
  readonly connectsPerSecond: number;
  /** QoS 1 publications of one connection that may wait for their PUBACK. */
  readonly receiveMaximum: number;
  readonly maxSubscriptions: number;
  /** Largest keep-alive granted, in seconds; also for those who ask for none (MQTT 5). */
  readonly maxKeepAliveSeconds: number;
  /** A connection that leaves more than this unread is not read any further. */
  readonly maxUnsentBytes: number;
  /** Commands on their way to one device that it has not acknowledged. */
  readonly maxDownlinkInflight: number;
  /** Time for devices to leave when the worker stops. */
  readonly drainMs: number;
};

export const defaultLimits: MqttLimits = {
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  maxPacketBytes: 262_144,
  maxConnections: 20_000,
  connectsPerSecond: 500,
  receiveMaximum: 1_000,
  maxSubscriptions: 32,
  maxKeepAliveSeconds: 3_600,
  maxUnsentBytes: 1_048_576,
  maxDownlinkInflight: 100,
  drainMs: 3_000,
};
