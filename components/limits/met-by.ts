const causes: Readonly<Record<string, string>> = {
  "connection.messagesPerSecond": "throttled",
  "connection.bytesPerSecond": "throttled",
  "connection.receiveMaximum": "receive-maximum",
  "connection.maxPacketBytes": "packet-too-large",
  "connection.maxSubscriptions": "quota",
  "connection.topicAliasMaximum": "topic-alias",
  "connection.maxQueuedMessages": "quota",
  "connection.maxQueuedBytes": "quota",
  "device.connections": "too-many-connections",
  "device.connectsPerMinute": "rate",
  "device.messagesPerSecond": "throttled",
  "device.bytesPerSecond": "throttled",
  "tenant.connections": "too-many-connections",
  "tenant.connectsPerSecond": "rate",
  "tenant.messagesPerSecond": "throttled",
  "tenant.bytesPerSecond": "throttled",
};

/** The cause under which a client that met the limit is recorded; undefined when none is. */
export function causeOfLimit(limit: {
  readonly scope: string;
  readonly name: string;
}): string | undefined {
  return causes[`${limit.scope}.${limit.name}`];
}
