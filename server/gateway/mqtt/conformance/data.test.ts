import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { frame, properties, text } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

const malformedText: [string, string][] = [
  ["a lone continuation byte", "80"],
  ["a byte that UTF-8 does not have", "ff"],
  ["a code point that is cut off", "e282"],
  ["a surrogate", "eda080"],
  ["more bytes than the code point needs", "c080"],
  ["a code point beyond Unicode", "f4908080"],
];

describe.each([5, 4] as const)("data at protocol level %i", (version) => {
  const malformed = version === 5 ? 0x81 : "closed";
  const subscribe = (filter: Buffer) => frame(0x82, [0, 9], properties(version), text(filter), [0]);
  const publish = (topic: Buffer) => frame(0x30, text(topic), properties(version), [0x61]);

  test.each(malformedText)(
    "[MQTT-1.5.4-1] [MQTT3-1.5.3-1] [MQTT-3.3.2-1] [MQTT3-3.3.2-1] [MQTT-3.8.3-1] [MQTT3-3.8.3-1] [MQTT-3.10.3-1] [MQTT3-3.10.3-1] a topic or filter with %s ends the connection",
    async (_, hex) => {
      const bytes = Buffer.from(`61${hex}62`, "hex");
      const unsubscribe = frame(0xa2, [0, 9], properties(version), text(bytes));
      for (const packet of [publish(bytes), subscribe(bytes), unsubscribe]) {
        const client = await broker.connect(version);
        client.write(packet);
        expect(await client.ended()).toBe(malformed);
      }
    },
  );

  test("[MQTT-1.5.4-2] [MQTT3-1.5.3-2] [MQTT-4.7.3-2] [MQTT3-4.7.3-2] a topic or filter with a null character ends the connection", async () => {
    const bytes = Buffer.from("a\0b");
    for (const packet of [publish(bytes), subscribe(bytes)]) {
      const client = await broker.connect(version);
      client.write(packet);
      expect(await client.ended()).toBe(malformed);
    }
  });

  test("[MQTT-1.5.4-3] [MQTT3-1.5.3-3] a byte order mark is a character like others", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe([`${topic}/\ufeff`]);
    await client.publish(`${topic}/`, "without");
    await client.publish(`${topic}/\ufeff`, "with");
    const message = await client.take("publish");
    expect(message).toMatchObject({ topic: `${topic}/\ufeff`, payload: Buffer.from("with") });
  });

  test("[MQTT-1.5.5-1] lengths of the server take the fewest bytes", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic);
    const around = 2 + topic.length + (version === 5 ? 1 : 0);
    for (const length of [127, 128, 16_383, 16_384]) {
      await client.publish(topic, Buffer.alloc(length - around));
      const { bytes } = await client.frame("publish");
      const lengthBytes = length < 128 ? 1 : length < 16_384 ? 2 : 3;
      expect(bytes).toHaveLength(1 + lengthBytes + length);
    }
  });

  const flags: [string, number, number[]][] = [
    ["PUBACK", 0x41, [0, 1]],
    ["PUBREC", 0x5f, [0, 1]],
    ["PUBREL", 0x60, [0, 1]],
    ["PUBCOMP", 0x72, [0, 1]],
    ["SUBSCRIBE", 0x80, [0, 1, ...(version === 5 ? [0] : []), 0, 1, 0x61, 0]],
    ["UNSUBSCRIBE", 0xa0, [0, 1, ...(version === 5 ? [0] : []), 0, 1, 0x61]],
    ["PINGREQ", 0xc1, []],
    ["DISCONNECT", 0xe4, []],
  ];
  test.each(flags)(
    "[MQTT-2.1.3-1] [MQTT3-2.2.2-1] [MQTT3-2.2.2-2] reserved flags of %s end the connection",
    async (_, header, body) => {
      const client = await broker.connect(version);
      client.write(frame(header, body));
      expect(await client.ended()).toBe(malformed);
    },
  );

  test.each([
    ["[MQTT-3.6.1-1] [MQTT3-3.6.1-1] PUBREL", 0x60],
    ["[MQTT-3.8.1-1] [MQTT3-3.8.1-1] SUBSCRIBE", 0x80],
    ["[MQTT-3.10.1-1] [MQTT3-3.10.1-1] UNSUBSCRIBE", 0xa0],
    ["[MQTT-3.14.1-1] [MQTT3-3.14.1-1] DISCONNECT", 0xe0],
  ])("%s with flags that are not its own is malformed", async (_, type) => {
    const own = type === 0xe0 ? 0b0000 : 0b0010;
    const others = [0b0000, 0b0001, 0b0011, 0b1000, 0b1111].filter((flag) => flag !== own);
    const body = type === 0xe0 ? [] : type === 0x60 ? [0, 1] : [0, 1, 0, 1, 0x61, 0];
    for (const flag of others) {
      const client = await broker.connect(version);
      client.write(frame(type | flag, body));
      expect(await client.ended()).toBe(malformed);
    }
  });

  test("[MQTT-2.2.1-2] [MQTT3-2.3.1-5] [MQTT-2.2.2-1] QoS 0 comes without packet identifier, and says that it has no properties", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    await client.publish(topic, "hello");
    const { bytes } = await client.frame("publish");
    expect(bytes).toEqual(frame(0x30, text(topic), properties(version), Buffer.from("hello")));
  });

  test("[MQTT-2.2.1-3] [MQTT3-2.3.1-1] packet identifier 0 ends the connection", async () => {
    const topic = text(broker.unique());
    const requests = [
      frame(0x82, [0, 0], properties(version), topic, [0]),
      frame(0xa2, [0, 0], properties(version), topic),
      frame(0x32, topic, [0, 0], properties(version)),
      frame(0x34, topic, [0, 0], properties(version)),
    ];
    for (const request of requests) {
      const client = await broker.connect(version);
      client.write(request);
      expect([0x81, 0x82, "closed"]).toContain(await client.ended());
    }
  });

  test("[MQTT-2.2.1-4] [MQTT3-2.3.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] messages on their way have different packet identifiers, none of them 0", async () => {
    const subscriber = await broker.connect(version);
    const publisher = await broker.connect(version);
    const topic = broker.unique();
    await subscriber.subscribe(topic, { qos: 2 });
    const seen = new Set<number>();
    for (let count = 1; count <= 10; count += 1) {
      await publisher.publish(topic, "x", { qos: count % 2 === 0 ? 1 : 2 });
      seen.add((await subscriber.take("publish")).messageId ?? 0);
    }
    expect(seen.size).toBe(10);
    expect(seen.has(0)).toBe(false);
  });

  test("[MQTT-2.2.1-5] [MQTT3-2.3.1-6] acknowledgements repeat the packet identifier", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    const message = { cmd: "publish", topic, payload: "x", dup: false, retain: false } as const;
    client.send({ ...message, qos: 1, messageId: 0x1234 });
    expect(await client.take("puback")).toMatchObject({ messageId: 0x1234 });
    client.send({ ...message, qos: 2, messageId: 0xffff });
    expect(await client.take("pubrec")).toMatchObject({ messageId: 0xffff });
    client.send({ cmd: "pubrel", messageId: 0xffff });
    expect(await client.take("pubcomp")).toMatchObject({ messageId: 0xffff });
  });

  test("[MQTT-2.2.1-6] [MQTT3-2.3.1-7] [MQTT-3.8.4-1] [MQTT3-3.8.4-1] [MQTT-3.8.4-2] [MQTT3-3.8.4-2] [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT3-3.10.4-4] [MQTT3-3.10.4-5] SUBACK and UNSUBACK repeat the packet identifier, also when nothing was removed", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    client.send({ cmd: "subscribe", messageId: 0xabcd, subscriptions: [{ topic, qos: 0 }] });
    expect(await client.take("suback")).toMatchObject({ messageId: 0xabcd });
    for (const messageId of [0xabcd, 0xabce]) {
      client.send({ cmd: "unsubscribe", messageId, unsubscriptions: [topic] });
      expect(await client.take("unsuback")).toMatchObject({ messageId });
    }
  });
});

describe("data of MQTT 5", () => {
  test("[MQTT-1.5.5-1] lengths with more bytes than they need are malformed", async () => {
    const padded = [
      Buffer.from([0xc0, 0x80, 0x00]),
      Buffer.from([0x30, 0x84, 0x80, 0x00, 0, 1, 0x61, 0]),
      frame(0x30, text("a"), [0x80, 0x00], [0x61]),
    ];
    for (const bytes of padded) {
      const client = await broker.connect(5);
      client.write(bytes);
      expect(await client.ended()).toBe(0x81);
    }
  });

  test.each([
    ["a name that is not UTF-8", "260001ff000161"],
    ["a value that is not UTF-8", "2600016100 01ff".replace(" ", "")],
    ["a value with a null character", "260001610003610062"],
  ])("[MQTT-1.5.7-1] a user property with %s is malformed", async (_, hex) => {
    const client = await broker.connect(5);
    const property = Buffer.from(hex, "hex");
    client.write(frame(0x30, text(broker.unique()), properties(5, property), [0x61]));
    expect(await client.ended()).toBe(0x81);
  });

  test.each([
    ["[MQTT-3.3.2-13] response topic", 0x08],
    ["[MQTT-3.3.2-19] content type", 0x03],
  ])("a %s that is not UTF-8 is malformed", async (_, identifier) => {
    const client = await broker.connect(5);
    const property = Buffer.concat([Buffer.from([identifier]), text(Buffer.from([0x61, 0xff]))]);
    client.write(frame(0x30, text(broker.unique()), properties(5, property), [0x61]));
    expect(await client.ended()).toBe(0x81);
  });
});
