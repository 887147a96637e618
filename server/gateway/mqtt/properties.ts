import type { Packet } from "mqtt-packet";

/** Properties that a client may send, MQTT 5.0 §2.2.2.2; the parser itself takes any anywhere. */
const allowed: Readonly<Partial<Record<Packet["cmd"], ReadonlySet<string>>>> = {
  connect: new Set([
    "sessionExpiryInterval",
    "receiveMaximum",
    "maximumPacketSize",
    "topicAliasMaximum",
    "requestResponseInformation",
    "requestProblemInformation",
    "userProperties",
    "authenticationMethod",
    "authenticationData",
  ]),
  publish: new Set([
    "payloadFormatIndicator",
    "messageExpiryInterval",
    "contentType",
    "responseTopic",
    "correlationData",
    "subscriptionIdentifier",
    "topicAlias",
    "userProperties",
  ]),
  puback: new Set(["reasonString", "userProperties"]),
  subscribe: new Set(["subscriptionIdentifier", "userProperties"]),
  unsubscribe: new Set(["userProperties"]),
  disconnect: new Set([
    "sessionExpiryInterval",
    "reasonString",
    "userProperties",
    "serverReference",
  ]),
};

const allowedInWill: ReadonlySet<string> = new Set([
  "willDelayInterval",
  "payloadFormatIndicator",
  "messageExpiryInterval",
  "contentType",
  "responseTopic",
  "correlationData",
  "userProperties",
]);

/** What is wrong with the properties of a packet; undefined when nothing is. */
export type PropertyProblem = {
  readonly cause: "malformed" | "protocol-error";
  readonly problem: string;
};

function valueProblem(name: string, value: unknown): PropertyProblem | undefined {
  if (Array.isArray(value)) {
    return { cause: "protocol-error", problem: `The property ${name} is there more than once.` };
  }
  // What the parser leaves when the packet ends inside a property.
  if (value === null || value === undefined || value === -1) {
    return { cause: "malformed", problem: `The property ${name} is cut off.` };
  }
  return undefined;
}

function userPropertyProblem(value: unknown): PropertyProblem | undefined {
  const values = Object.values(value as Record<string, string | null | (string | null)[]>).flat();
  return values.includes(null)
    ? { cause: "malformed", problem: "A user property is cut off." }
    : undefined;
}

function problemIn(
  properties: object,
  known: ReadonlySet<string>,
  where: string,
): PropertyProblem | undefined {
  for (const [name, value] of Object.entries(properties)) {
    if (!known.has(name)) {
      return {
        cause: "protocol-error",
        problem: `The property ${name} does not belong in ${where}.`,
      };
    }
    const problem =
      name === "userProperties" ? userPropertyProblem(value) : valueProblem(name, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Checks that every property belongs to its packet, is whole, and is there once. */
export function propertyProblem(packet: Packet): PropertyProblem | undefined {
  const properties = "properties" in packet ? packet.properties : undefined;
  const will = packet.cmd === "connect" ? packet.will?.properties : undefined;
  const known = allowed[packet.cmd] ?? new Set();
  return (
    (properties === undefined
      ? undefined
      : problemIn(properties, known, packet.cmd.toUpperCase())) ??
    (will === undefined ? undefined : problemIn(will, allowedInWill, "a will"))
  );
}
