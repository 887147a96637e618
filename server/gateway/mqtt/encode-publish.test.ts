import fc from "fast-check";
import { parser, type IPublishPacket } from "mqtt-packet";
import { describe, expect, test } from "vitest";
import { encodePublish, type OutgoingPublish } from "#server/gateway/mqtt/encode-publish.ts";

const plain: OutgoingPublish = {
  version: 5,
  topic: "a/b",
  alias: undefined,
  qos: 1,
  dup: false,
  retain: false,
  packetId: 7,
  forwarded: Buffer.alloc(0),
  expirySeconds: undefined,
  identifiers: [],
  payload: Buffer.from("hello"),
  maximumPacketSize: 1_000_000,
};

function parse(bytes: readonly Buffer[], version: 4 | 5): IPublishPacket {
  const found: IPublishPacket[] = [];
  const reader = parser({ protocolVersion: version });
  reader.on("packet", (packet) => {
    if (packet.cmd === "publish") found.push(packet);
  });
  reader.on("error", (error: unknown) => {
    throw error;
  });
  expect(reader.parse(Buffer.concat(bytes))).toBe(0);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe("a PUBLISH to a client", () => {
  test("is what another library reads as the same", () => {
    const given = fc.record({
      version: fc.constantFrom(4 as const, 5 as const),
      topic: fc.constantFrom("a", "a/ü", "x".repeat(200)),
      alias: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      dup: fc.boolean(),
      retain: fc.boolean(),
      packetId: fc.integer({ min: 1, max: 65_535 }),
      expirySeconds: fc.option(fc.integer({ min: 1, max: 0xffff_ffff }), { nil: undefined }),
      identifiers: fc.uniqueArray(fc.integer({ min: 1, max: 268_435_455 }), { maxLength: 4 }),
      length: fc.constantFrom(0, 1, 100, 4_096, 4_097, 20_000),
    });
    fc.assert(
      fc.property(given, ({ length, ...packet }) => {
        const { version, qos, alias, expirySeconds, identifiers } = packet;
        const bytes = encodePublish({
          ...plain,
          ...packet,
          packetId: qos === 0 ? undefined : packet.packetId,
          forwarded: Buffer.from("0101260001610001622600016300016401", "hex").subarray(0, 16),
          payload: Buffer.alloc(length, "p"),
        });
        const read = parse(bytes, version);

        expect(read).toMatchObject({
          topic: packet.topic,
          qos,
          dup: packet.dup,
          retain: packet.retain,
        });
        expect(read.messageId).toBe(qos === 0 ? undefined : packet.packetId);
        expect(read.payload.length).toBe(length);
        if (version === 4) return;
        expect(read.properties?.topicAlias).toBe(alias);
        expect(read.properties?.messageExpiryInterval).toBe(expirySeconds);
        expect([read.properties?.subscriptionIdentifier ?? []].flat()).toEqual(identifiers);
        expect(read.properties?.payloadFormatIndicator).toBe(true);
        expect({ ...read.properties?.userProperties }).toEqual({ a: "b", c: "d" });
      }),
    );
  });

  test("leaves the topic out where the alias says it", () => {
    const [bytes = Buffer.alloc(0)] = encodePublish({ ...plain, topic: "", alias: 3 });

    expect(bytes.toString("hex")).toBe("320d000000070323000368656c6c6f");
  });

  test("does not copy a large payload", () => {
    const payload = Buffer.alloc(5_000);
    expect(encodePublish({ ...plain, payload })[1]).toBe(payload);
    expect(encodePublish(plain)).toHaveLength(1);
  });

  test("that is larger than the client takes is nothing", () => {
    const whole = encodePublish(plain)[0]!.length;
    expect(encodePublish({ ...plain, maximumPacketSize: whole })).toHaveLength(1);
    expect(encodePublish({ ...plain, maximumPacketSize: whole - 1 })).toEqual([]);
  });
});
