/** The eight metrics of a benchmark message, with their value and the JSON Schema that fits them. */
export const metrics = {
  temperature: "21.37",
  pressure: "3.482",
  flow: "12.45",
  vibration: "0.031",
  current: "4.712",
  voltage: "231.2",
  level: "63.41",
  battery: "87.15",
} as const;

/** What both our worker and the reference program validate against. */
export const messageSchema = {
  type: "object",
  properties: Object.fromEntries(
    Object.keys(metrics).map((name) => [name, { type: "number", minimum: -1000, maximum: 1000 }]),
  ),
  required: Object.keys(metrics),
};

/** A PUBLISH packet (QoS 1, MQTT 3.1.1) whose changing parts have fixed places. */
export type MessageTemplate = {
  readonly bytes: Buffer;
  readonly packetIdAt: number;
  readonly idAt: number;
  readonly tsAt: number;
  /** Last digit of each metric. */
  readonly digitsAt: readonly number[];
};

const idDigits = 12;
const tsDigits = 13;

function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** Lays out the packet that one device sends over and over. */
export function messageTemplate(topic: string): MessageTemplate {
  const values = Object.entries(metrics)
    .map(([name, value]) => `"${name}":${value}`)
    .join(",");
  const payload = `{"id":"${"0".repeat(idDigits)}","ts":${"0".repeat(tsDigits)},"values":{${values}}}`;
  const topicBytes = Buffer.from(topic);
  const length = 2 + topicBytes.length + 2 + payload.length;
  const head = Buffer.concat([
    Buffer.from([0x32]),
    remainingLength(length),
    Buffer.from([topicBytes.length >> 8, topicBytes.length & 0xff]),
    topicBytes,
  ]);
  const payloadAt = head.length + 2;
  return {
    bytes: Buffer.concat([head, Buffer.alloc(2), Buffer.from(payload)]),
    packetIdAt: head.length,
    idAt: payloadAt + payload.indexOf('"id":"') + 6,
    tsAt: payloadAt + payload.indexOf('"ts":') + 5,
    digitsAt: Object.entries(metrics).map(
      ([name, value]) =>
        payloadAt + payload.indexOf(`"${name}":`) + name.length + 3 + value.length - 1,
    ),
  };
}

function writeDigits(target: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let index = at + digits - 1; index >= at; index -= 1) {
    target[index] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** Writes one message at `offset` of `target`. `sequence` becomes its id, `ts` is epoch milliseconds. */
export function writeMessage(
  target: Buffer,
  offset: number,
  { template, sequence, ts }: { template: MessageTemplate; sequence: number; ts: number },
): void {
  target.set(template.bytes, offset);
  const packetId = (sequence % 65_535) + 1;
  target[offset + template.packetIdAt] = packetId >> 8;
  target[offset + template.packetIdAt + 1] = packetId & 0xff;
  writeDigits(target, offset + template.idAt, idDigits, sequence);
  writeDigits(target, offset + template.tsAt, tsDigits, ts);
  const digit = 48 + (sequence % 10);
  for (const at of template.digitsAt) target[offset + at] = digit;
}

/** A CONNECT packet of MQTT 3.1.1, clean session, with user name and password when there is a token. */
export function connectPacket(device: { readonly id: string; readonly token?: string }): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  const body = Buffer.concat([
    text("MQTT"),
    // Level 4; user name, password and clean session; keep-alive 60 s.
    Buffer.from([4, device.token === undefined ? 0x02 : 0xc2, 0, 60]),
    text(device.id),
    ...(device.token === undefined ? [] : [text(device.id), text(device.token)]),
  ]);
  return Buffer.concat([Buffer.from([0x10]), remainingLength(body.length), body]);
}
