import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { frame, properties, text, type Version } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

/** Reason codes of DISCONNECT, MQTT 5.0 §3.14.2.1. */
const disconnectCodes = new Set([
  0, 4, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96,
  0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
]);

const breaches = (version: Version): [string, Buffer, number][] => [
  ["packet type 0", frame(0x00), 0x81],
  ["packet type 15 of nobody", frame(0xff, [0]), 0x81],
  ["CONNACK from a client", frame(0x20, [0, 0], properties(version)), 0x82],
  ["SUBACK from a client", frame(0x90, [0, 1], properties(version), [0]), 0x82],
  [
    "UNSUBACK from a client",
    frame(0xb0, [0, 1], properties(version), [0].slice(5 - version)),
    0x82,
  ],
  ["PINGRESP from a client", frame(0xd0), 0x82],
  ["a remaining length of five bytes", Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]), 0x81],
  ["a PUBLISH that ends in its topic", frame(0x30, [0, 9, 0x61]), 0x81],
  ["a PUBACK without packet identifier", frame(0x40), 0x81],
  ["a PUBREL of one byte", frame(0x62, [0]), 0x81],
  [
    "a SUBSCRIBE that ends in its filter",
    frame(0x82, [0, 1], properties(version), [0, 9, 0x61]),
    0x81,
  ],
  ["a SUBSCRIBE without options", frame(0x82, [0, 1], properties(version), text("a")), 0x81],
];

describe.each([5, 4] as const)("what breaks protocol level %i", (version) => {
  test.each(breaches(version))(
    "[MQTT-4.13.1-1] [MQTT-4.13.2-1] [MQTT3-4.8.0-1] [MQTT-3.14.2-1] [MQTT-3.14.2-2] [MQTT-3.14.4-1] [MQTT-3.14.4-2] %s ends the connection with DISCONNECT as the last packet",
    async (_, bytes, code) => {
      const client = await broker.connect(version);
      client.write(bytes, frame(0xc0));
      expect(await client.ended()).toBe(version === 5 ? code : "closed");
      expect(client.unread().length).toBe(version === 5 ? 1 : 0);
      for (const packet of client.unread()) {
        if (packet.cmd !== "disconnect") throw new Error(`Not DISCONNECT but ${packet.cmd}.`);
        expect(disconnectCodes.has(packet.reasonCode ?? 0)).toBe(true);
        expect(packet).not.toHaveProperty("properties.sessionExpiryInterval");
      }
    },
  );

  test("nobody else is disturbed", async () => {
    const topic = broker.unique();
    const client = await broker.connect(version);
    await client.subscribe(topic, { qos: 1 });
    for (const [, bytes] of breaches(version)) {
      const other = await broker.connect(version);
      other.write(bytes);
      await other.ended();
    }
    await client.publish(topic, "x", { qos: 1 });
    expect(await client.payloads(1)).toEqual(["x"]);
  });

  test("[MQTT3-3.14.4-1] [MQTT3-3.14.4-2] [MQTT-3.14.4-1] after the client's DISCONNECT the server closes and reads nothing more", async () => {
    const topic = broker.unique();
    const observer = await broker.connect(version);
    await observer.subscribe(topic);
    const client = await broker.connect(version);
    const publish = frame(0x30, text(topic), properties(version), [0x61]);
    client.write(frame(0xe0), publish);
    expect(await client.ended()).toBe("closed");
    await observer.publish(topic, "end");
    expect(await observer.payloads(1)).toEqual(["end"]);
  });
});

describe("DISCONNECT of MQTT 5", () => {
  test("[MQTT-3.14.2-3] [MQTT-3.14.2-4] leaves out its words when they would not fit", async () => {
    const roomy = await broker.connect(5);
    roomy.write(frame(0xd0));
    const long = await roomy.frame("disconnect");
    expect(long.packet.properties).toHaveProperty("reasonString");
    const maximumPacketSize = long.bytes.length - 1;
    const tight = await broker.connect(5, { properties: { maximumPacketSize } });
    tight.write(frame(0xd0));
    const short = await tight.frame("disconnect");
    expect(short.bytes.length).toBeLessThanOrEqual(maximumPacketSize);
    expect(short.packet).toMatchObject({ reasonCode: 0x82 });
    expect(short.packet.properties ?? {}).not.toHaveProperty("reasonString");
  });

  const wrongProperties: [string, Buffer, number][] = [
    ["a property that does not exist", frame(0x30, text("a"), properties(5, [0x7f, 1])), 0x81],
    ["a property of another packet", frame(0x30, text("a"), properties(5, [0x13, 0, 1])), 0x82],
    ["a property twice", frame(0x30, text("a"), properties(5, [1, 0, 1, 0])), 0x82],
    ["a payload format of 2", frame(0x30, text("a"), properties(5, [1, 2])), 0x82],
    ["a property that is cut off", frame(0x30, text("a"), properties(5, [0x02, 0, 0])), 0x81],
    ["a property length beyond the packet", frame(0x30, text("a"), [9, 1, 0]), 0x81],
  ];
  test.each(wrongProperties)("[MQTT-4.13.1-1] %s ends the connection", async (_, bytes, code) => {
    const client = await broker.connect(5);
    client.write(bytes);
    expect([code, 0x81, 0x82]).toContain(await client.ended());
  });
});

describe("when the worker stops", () => {
  test("[MQTT-3.14.2-1] [MQTT-4.13.2-1] [MQTT-3.14.4-2] clients are told 0x8B and closed; sessions that are kept stay", async () => {
    const own = await startTestBroker({ alone: true });
    const five = await own.connect(5, { kept: true });
    const four = await own.connect(4, { kept: true });
    await own.stop();
    expect(await five.ended()).toBe(0x8b);
    expect(await four.ended()).toBe("closed");
  });
});
