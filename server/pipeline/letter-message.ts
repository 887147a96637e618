import type { DeviceIdentity, InboundMessage, Transport } from "#server/pipeline/message.ts";

/** A refused message as it is kept, with the device that it is of today. */
export type KeptLetter = {
  readonly id: string;
  readonly device: DeviceIdentity;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** As it came, or "import". */
  readonly transport: string;
  readonly topic: string;
  readonly channel: string;
  readonly qos: number;
  readonly contentType: string | null;
  /** What came beside the payload: id, ts, seq, schema. */
  readonly properties: unknown;
  readonly payload: Buffer;
};

const transports: readonly Transport[] = ["mqtt", "mqtts", "ws", "wss"];

/** Whether a letter came by a listener of ours, as opposed to an import. */
export function cameHere(letter: Pick<KeptLetter, "transport">): boolean {
  return transports.some((each) => each === letter.transport);
}

/** The message that a letter was, for the stages. Nobody waits for its settlement. */
export function messageOfLetter(letter: KeptLetter): InboundMessage {
  const { device, topic, channel, receivedAt, payload, contentType } = letter;
  return {
    device,
    transport: transports.find((each) => each === letter.transport) ?? "mqtt",
    topic,
    channel,
    qos: letter.qos === 2 ? 2 : letter.qos === 1 ? 1 : 0,
    retain: false,
    payload,
    receivedAt,
    expiresAt: undefined,
    forwarded: Buffer.alloc(0),
    publisher: undefined,
    claimedBy: undefined,
    ...propertiesOf(letter.properties),
    ...(contentType !== null && { contentType }),
    origin: { settle: () => undefined },
    packetId: 0,
  };
}

type Properties = Pick<InboundMessage, "id" | "ts" | "seq" | "schema">;

function propertiesOf(kept: unknown): Properties {
  if (typeof kept !== "object" || kept === null) return {};
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(kept, name);
    return typeof value === "string" ? value : undefined;
  };
  const ts: unknown = Reflect.get(kept, "ts");
  const [id, seq, schema] = [text("id"), text("seq"), text("schema")];
  return {
    ...(id !== undefined && { id }),
    ...(typeof ts === "number" && { ts }),
    ...(seq !== undefined && { seq }),
    ...(schema !== undefined && { schema }),
  };
}
