import { parser, type IPublishPacket, type Packet } from "mqtt-packet";
import { expect, it } from "vitest";
import { connectPacket, messageTemplate, writeMessage } from "#bench/message.ts";

function parse(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  const codec = parser({ protocolVersion: 4 });
  codec.on("packet", (packet) => packets.push(packet));
  codec.parse(bytes);
  return packets;
}

it("messages written one after the other are PUBLISH packets of their own", () => {
  const template = messageTemplate("qs/v1/d/pump-1/up/telemetry");
  const bytes = Buffer.alloc(template.bytes.length * 2);
  writeMessage(bytes, 0, { template, sequence: 7, ts: 1_763_859_000_123 });
  writeMessage(bytes, template.bytes.length, { template, sequence: 65_534, ts: 1_763_859_000_124 });

  const packets = parse(bytes) as IPublishPacket[];

  expect(packets).toMatchObject([
    { cmd: "publish", qos: 1, messageId: 8, topic: "qs/v1/d/pump-1/up/telemetry" },
    { cmd: "publish", qos: 1, messageId: 65_535 },
  ]);
  expect(JSON.parse(String(packets[0]!.payload))).toMatchObject({
    id: "000000000007",
    ts: 1_763_859_000_123,
    values: { temperature: 21.37, battery: 87.17 },
  });
});

it("the CONNECT packet names the device and its token", () => {
  expect(parse(connectPacket({ id: "pump-1", token: "secret" }))).toMatchObject([
    { cmd: "connect", clientId: "pump-1", username: "pump-1", password: Buffer.from("secret") },
  ]);
});
