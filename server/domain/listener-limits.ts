/**
 * The limits of the device listener that an administrator can set, in one table: the worker, the
 * services, the API and the page read it. Process-wide bounds (timeouts, ports) are not here.
 */

/** To what a limit applies: each network connection, each device or service client, the organisation. */
export const limitScopes = ["connection", "device", "tenant"] as const;
export type LimitScope = (typeof limitScopes)[number];

export type LimitUnit =
  | "messages/s"
  | "bytes/s"
  | "connects/s"
  | "connects/min"
  | "messages"
  | "bytes"
  | "seconds"
  | "subscriptions"
  | "aliases"
  | "connections"
  | "sessions";

/** One limit in numbers and words. */
export type LimitDescription = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: LimitUnit;
  /** What it bounds and what happens beyond it, in a sentence. */
  readonly explanation: string;
  /** MQTT 5 reason code that a client sees beyond the limit; null where it is only slowed down. */
  readonly reasonCode: number | null;
};

/** Beyond it the socket is not read until there is room again: TCP slows the sender, nothing is lost. */
function throttle(
  unit: LimitUnit,
  numbers: { readonly default: number; readonly max: number },
  what: string,
): LimitDescription {
  return {
    ...numbers,
    // Less could not even carry a packet: it would lock out, and not slow down.
    min: unit === "bytes/s" ? 1_024 : 1,
    unit,
    explanation: `${what}. Beyond it the connection is read more slowly; nothing is lost.`,
    reasonCode: null,
  };
}

/** A bound that a client runs into, told with a reason code. */
function bound(
  unit: LimitUnit,
  numbers: { readonly default: number; readonly min: number; readonly max: number },
  told: { readonly explanation: string; readonly reasonCode: number | null },
): LimitDescription {
  return { ...numbers, unit, ...told };
}

const connection = {
  messagesPerSecond: throttle(
    "messages/s",
    { default: 50_000, max: 1_000_000 },
    "Messages that one connection may publish",
  ),
  bytesPerSecond: throttle(
    "bytes/s",
    { default: 100_000_000, max: 10_000_000_000 },
    "Bytes that one connection may send",
  ),
  receiveMaximum: bound(
    "messages",
    { default: 1_000, min: 1, max: 65_535 },
    {
      explanation:
        "QoS 1 and 2 messages that a client may send before it has their acknowledgements (Receive Maximum). Beyond it the client is disconnected.",
      reasonCode: 0x93,
    },
  ),
  maxPacketBytes: bound(
    "bytes",
    { default: 262_144, min: 1_024, max: 16_777_216 },
    {
      explanation:
        "Largest packet that is accepted (Maximum Packet Size). A client that sends a larger one is disconnected.",
      reasonCode: 0x95,
    },
  ),
  maxSubscriptions: bound(
    "subscriptions",
    { default: 32, min: 1, max: 10_000 },
    {
      explanation: "Subscriptions of one session. Further ones are refused.",
      reasonCode: 0x97,
    },
  ),
  topicAliasMaximum: bound(
    "aliases",
    // Each may hold a kibibyte for as long as the connection lasts.
    { default: 16, min: 0, max: 1_024 },
    {
      explanation:
        "Topic aliases that a client may use (Topic Alias Maximum); 0 for none. A client that uses a higher one is disconnected.",
      reasonCode: 0x94,
    },
  ),
  maxUnsentBytes: bound(
    "bytes",
    { default: 1_048_576, min: 65_536, max: 67_108_864 },
    {
      explanation:
        "Bytes that may wait in memory for a slow reader. Beyond it its QoS 0 messages are dropped and counted, the others wait in its queue.",
      reasonCode: null,
    },
  ),
  maxKeepAliveSeconds: bound(
    "seconds",
    { default: 3_600, min: 10, max: 65_535 },
    {
      explanation:
        "Longest keep-alive; an MQTT 5 client that asks for a longer one, or for none, is given this one.",
      reasonCode: null,
    },
  ),
  maxSessionExpirySeconds: bound(
    "seconds",
    { default: 86_400, min: 0, max: 31_536_000 },
    {
      explanation:
        "Longest time that a session is kept while its client is away; a client that asks for longer is given this.",
      reasonCode: null,
    },
  ),
  maxQueuedMessages: bound(
    "messages",
    { default: 10_000, min: 0, max: 1_000_000 },
    {
      explanation:
        "Messages kept for one session that is away or slow. Beyond it the newest are dropped, counted and recorded.",
      reasonCode: 0x97,
    },
  ),
  maxQueuedBytes: bound(
    "bytes",
    { default: 16_777_216, min: 0, max: 4_294_967_296 },
    {
      explanation:
        "Bytes kept for one session that is away or slow. Beyond it the newest messages are dropped, counted and recorded.",
      reasonCode: 0x97,
    },
  ),
  maxDownlinkInflight: bound(
    "messages",
    { default: 100, min: 1, max: 65_535 },
    {
      explanation:
        "QoS 1 and 2 messages on their way to a client that it has not acknowledged; the others wait.",
      reasonCode: null,
    },
  ),
} as const satisfies Readonly<Record<string, LimitDescription>>;

const device = {
  connections: {
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: "connections",
    explanation:
      "Connections of one device or service client to one worker. Further ones are refused, so that one credential cannot take the places of all.",
    reasonCode: 0x89,
  },
  sessions: {
    default: 100,
    min: 1,
    max: 10_000,
    unit: "sessions",
    explanation:
      "Sessions that are kept of one device or service client. When there are more, those end whose clients are away longest.",
    reasonCode: null,
  },
  connectsPerMinute: {
    default: 600,
    min: 1,
    max: 100_000,
    unit: "connects/min",
    explanation:
      "Connections that one device or service client may open in a minute. Further ones are refused with a hint when to try again.",
    reasonCode: 0x9f,
  },
  messagesPerSecond: throttle(
    "messages/s",
    { default: 50_000, max: 1_000_000 },
    "Messages that one device or service client may publish over all its connections",
  ),
  bytesPerSecond: throttle(
    "bytes/s",
    { default: 100_000_000, max: 10_000_000_000 },
    "Bytes that one device or service client may send over all its connections",
  ),
} as const satisfies Readonly<Record<string, LimitDescription>>;

const tenant = {
  connections: {
    default: 20_000,
    min: 1,
    max: 10_000_000,
    unit: "connections",
    explanation: "Connections of the whole organisation to one worker. Further ones are refused.",
    reasonCode: 0x89,
  },
  connectsPerSecond: {
    default: 500,
    min: 1,
    max: 100_000,
    unit: "connects/s",
    explanation:
      "Connections that the whole organisation may open in a second. Further ones are refused with a hint when to try again.",
    reasonCode: 0x9f,
  },
  messagesPerSecond: throttle(
    "messages/s",
    { default: 200_000, max: 10_000_000 },
    "Messages that the whole organisation may publish",
  ),
  bytesPerSecond: throttle(
    "bytes/s",
    { default: 400_000_000, max: 100_000_000_000 },
    "Bytes that the whole organisation may send",
  ),
} as const satisfies Readonly<Record<string, LimitDescription>>;

/** Every limit by scope and name. */
export const listenerLimits = { connection, device, tenant } as const satisfies Readonly<
  Record<LimitScope, Readonly<Record<string, LimitDescription>>>
>;

type Values<Group> = { readonly [Name in keyof Group]: number };

/** The limits in force for one organisation. */
export type ListenerLimits = {
  readonly [Scope in LimitScope]: Values<(typeof listenerLimits)[Scope]>;
};

/** A value that an administrator has set. */
export type LimitOverride = {
  readonly scope: string;
  readonly name: string;
  readonly value: number;
};

/** A limit by its names; undefined when there is none. They may come from outside. */
export function describeLimit(scope: string, name: string): LimitDescription | undefined {
  const group: Readonly<Record<string, LimitDescription>> | undefined = Object.hasOwn(
    listenerLimits,
    scope,
  )
    ? listenerLimits[scope as LimitScope]
    : undefined;
  return group !== undefined && Object.hasOwn(group, name) ? group[name] : undefined;
}

/** Whether a value lies within the limit's bounds. */
export function limitAllows({ min, max }: LimitDescription, value: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

/** Every limit in the order of the table, which is the order in which people read them. */
export function allLimits(): readonly {
  readonly scope: LimitScope;
  readonly name: string;
  readonly description: LimitDescription;
}[] {
  return limitScopes.flatMap((scope) =>
    Object.entries(listenerLimits[scope]).map(([name, description]) => ({
      scope,
      name,
      description,
    })),
  );
}

/**
 * The defaults with what was set put over them. What the table does not know, or does not allow
 * any more, is left out: a newer version may have narrowed a bound.
 * @param base the values to start from; the table's defaults unless given
 */
export function effectiveLimits(
  overrides: readonly LimitOverride[],
  base: ListenerLimits = defaultListenerLimits,
): ListenerLimits {
  const sound = overrides.filter(({ scope, name, value }) => {
    const description = describeLimit(scope, name);
    return description !== undefined && limitAllows(description, value);
  });
  const valuesOf = <Scope extends LimitScope>(wanted: Scope): ListenerLimits[Scope] => ({
    ...base[wanted],
    ...Object.fromEntries(
      sound.filter(({ scope }) => scope === wanted).map(({ name, value }) => [name, value]),
    ),
  });
  return {
    connection: valuesOf("connection"),
    device: valuesOf("device"),
    tenant: valuesOf("tenant"),
  };
}

function defaultsOf<Group extends Readonly<Record<string, LimitDescription>>>(
  group: Group,
): Values<Group> {
  // Object.fromEntries forgets the keys, which are those of `group`.
  return Object.fromEntries(
    Object.entries(group).map(([name, description]) => [name, description.default]),
  ) as Values<Group>;
}

/** What holds while nothing is set. */
export const defaultListenerLimits: ListenerLimits = {
  connection: defaultsOf(connection),
  device: defaultsOf(device),
  tenant: defaultsOf(tenant),
};
