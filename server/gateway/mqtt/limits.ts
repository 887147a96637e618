/** What one connection may do. Sizes in bytes, times in seconds, rates a second. */
export type ConnectionLimits = {
  /** Beyond its rate a connection is not read until it has waited long enough. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** How many seconds' worth of each rate may come at once. */
  readonly burstSeconds: number;
  /** QoS 1 and 2 publications that may wait for their PUBACK or PUBCOMP. */
  readonly receiveMaximum: number;
  /** Whole packet with its fixed header, told in CONNACK. */
  readonly maxPacketBytes: number;
  readonly maxSubscriptions: number;
  /** Topic aliases that the client may use; also the most that the server uses towards it. */
  readonly topicAliasMaximum: number;
  /** A connection that leaves more than this unread is not read any further. */
  readonly maxUnsentBytes: number;
  /** Largest keep-alive granted; also for those who ask for none (MQTT 5). */
  readonly maxKeepAliveSeconds: number;
  /** Longest session expiry granted; also what a lasting session of 3.1.1 gets. */
  readonly maxSessionExpirySeconds: number;
  /** Messages that wait for one session. */
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  /** Deliveries on their way to a client that it has not acknowledged. */
  readonly maxDownlinkInflight: number;
};

/** What all connections of one device, or of one service client, may do together. */
export type OwnerLimits = {
  readonly connectsPerMinute: number;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
};

/** What all clients of a tenant may do together at one worker. */
export type TenantLimits = {
  readonly connections: number;
  readonly connectsPerSecond: number;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
};

/** Limits of a tenant's clients. */
export type MqttLimits = {
  readonly connection: ConnectionLimits;
  readonly device: OwnerLimits;
  readonly tenant: TenantLimits;
};

/** @returns the limits as they are now; the same object until they change */
export type LimitsOf = (tenantId: string) => MqttLimits;

/** Bounds of a worker's listeners, before anybody is identified. Times in milliseconds. */
export type ListenerBounds = {
  /** From accepting the TCP connection to the end of the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** From the handshake to a whole CONNECT. */
  readonly connectTimeoutMs: number;
  /** Largest CONNECT, in bytes. */
  readonly maxPacketBytes: number;
  readonly maxConnections: number;
  /** New connections a second over all listeners; the bucket holds two seconds' worth. */
  readonly connectsPerSecond: number;
  /** Time for devices to leave when the worker stops. */
  readonly drainMs: number;
};

export const defaultBounds: ListenerBounds = {
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  maxPacketBytes: 262_144,
  maxConnections: 20_000,
  connectsPerSecond: 500,
  drainMs: 3_000,
};

export const defaultLimits: MqttLimits = {
  connection: {
    messagesPerSecond: 50_000,
    bytesPerSecond: 100_000_000,
    burstSeconds: 2,
    receiveMaximum: 1_000,
    maxPacketBytes: 262_144,
    maxSubscriptions: 32,
    topicAliasMaximum: 16,
    maxUnsentBytes: 1_048_576,
    maxKeepAliveSeconds: 3_600,
    maxSessionExpirySeconds: 86_400,
    maxQueuedMessages: 10_000,
    maxQueuedBytes: 16_777_216,
    maxDownlinkInflight: 100,
  },
  device: { connectsPerMinute: 600, messagesPerSecond: 50_000, bytesPerSecond: 100_000_000 },
  tenant: {
    connections: 20_000,
    connectsPerSecond: 500,
    messagesPerSecond: 200_000,
    bytesPerSecond: 400_000_000,
  },
};
