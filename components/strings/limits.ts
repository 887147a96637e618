import type { LimitScope, LimitUnit } from "#server/domain/listener-limits.ts";

/** Words of the listener's limits. What each bounds is said in the table of limits itself. */
export const limitText = {
  title: "Limits",
  intro:
    "What one connection, one device or service client, and the whole organisation may do at the device listener. A change of a rate or of the subscriptions holds at once; what a client is told when it connects holds from its next connection on. Above its default a limit is raised only by the organisation that runs this installation.",
  failed: "The limits could not be loaded",
  scopes: {
    connection: "Each connection",
    device: "Each device or service client",
    tenant: "The whole organisation",
  } satisfies Record<LimitScope, string>,
  units: {
    "messages/s": "messages/s",
    "bytes/s": "bytes/s",
    "connects/s": "connects/s",
    "connects/min": "connects/min",
    messages: "messages",
    bytes: "bytes",
    seconds: "seconds",
    subscriptions: "subscriptions",
    aliases: "aliases",
    connections: "connections",
    sessions: "sessions",
  } satisfies Record<LimitUnit, string>,
  columnLimit: "Limit",
  columnValue: "Value",
  columnCode: "Client is told",
  columnMet: "Refusals, 24 h",
  columnActions: "Actions",
  isDefault: "default",
  defaultIs: (value: string) => `default ${value}`,
  changedBy: (who: string) => `by ${who},`,
  slowed: "nothing: it is slowed down",
  adjusted: "nothing: it is given this much",
  noSession: "nothing: that client begins a new session",
  none: "none",
  metWords: (count: string, cause: string) => `${count} · ${cause}`,
  metLabel: (count: string, cause: string) => `${count} refusals: ${cause}, last 24 hours`,
  edit: "Change",
  editLabel: (limit: string) => `Change: ${limit}`,
  reset: "Use the default",
  resetLabel: (limit: string) => `Use the default: ${limit}`,
  newValue: (limit: string) => `New value: ${limit}`,
  bounds: (min: string, max: string, unit: string) => `${min} to ${max} ${unit}`,
  save: "Save",
  saved: (limit: string) => `${limit}: changed`,
  wasReset: (limit: string) => `${limit}: default again`,
} as const;

const titles: Readonly<Record<string, string>> = {
  "connection.messagesPerSecond": "Messages a second",
  "connection.bytesPerSecond": "Bytes a second",
  "connection.receiveMaximum": "Unacknowledged messages in (Receive Maximum)",
  "connection.maxPacketBytes": "Packet size",
  "connection.maxSubscriptions": "Subscriptions",
  "connection.topicAliasMaximum": "Topic aliases",
  "connection.maxUnsentBytes": "Bytes that wait in memory",
  "connection.maxKeepAliveSeconds": "Keep-alive",
  "connection.maxSessionExpirySeconds": "Session expiry",
  "connection.maxQueuedMessages": "Kept messages",
  "connection.maxQueuedBytes": "Kept bytes",
  "connection.maxDownlinkInflight": "Unacknowledged messages out",
  "device.connections": "Connections",
  "device.sessions": "Kept sessions",
  "device.connectsPerMinute": "Connects a minute",
  "device.messagesPerSecond": "Messages a second",
  "device.bytesPerSecond": "Bytes a second",
  "tenant.connections": "Connections",
  "tenant.connectsPerSecond": "Connects a second",
  "tenant.messagesPerSecond": "Messages a second",
  "tenant.bytesPerSecond": "Bytes a second",
};

/** A limit's short name. One that this console does not know yet is made of its key. */
export function titleOfLimit(limit: { readonly scope: string; readonly name: string }): string {
  const words = limit.name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return titles[`${limit.scope}.${limit.name}`] ?? words;
}

const codes: Readonly<Record<number, string>> = {
  0x89: "Server busy",
  0x93: "Receive Maximum exceeded",
  0x94: "Topic Alias invalid",
  0x95: "Packet too large",
  0x97: "Quota exceeded",
  0x9f: "Connection rate exceeded",
};

/** 0x97 Quota exceeded: a reason code of MQTT 5 as people look it up. */
export function reasonCodeWords(code: number): string {
  const hex = `0x${code.toString(16).toUpperCase().padStart(2, "0")}`;
  return codes[code] === undefined ? hex : `${hex} ${codes[code]}`;
}
