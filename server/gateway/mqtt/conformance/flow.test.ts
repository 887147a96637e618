import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

describe("flow control to the client", () => {
  test.each([1, 2] as const)(
    "[MQTT-3.3.4-9] [MQTT-4.9.0-1] [MQTT-4.9.0-2] no more than the client's receive maximum of QoS %i is on its way",
    async (qos) => {
      const client = await broker.connect(5, { properties: { receiveMaximum: 3 } });
      const publisher = await broker.connect(5);
      const topic = broker.unique();
      await client.subscribe(topic, { qos });
      for (let count = 0; count < 10; count += 1) {
        await publisher.publish(topic, String(count), { qos });
      }
      const onTheWay = [];
      for (let count = 0; count < 3; count += 1) onTheWay.push(await client.take("publish"));
      expect(await client.unasked()).toEqual([]);
      await client.acknowledge(onTheWay[0]!);
      expect(await client.take("publish")).toMatchObject({ payload: Buffer.from("3") });
      expect(await client.unasked()).toEqual([]);
      for (const message of onTheWay.slice(1)) await client.acknowledge(message);
      for (const expected of ["4", "5"]) {
        expect(String((await client.take("publish")).payload)).toBe(expected);
      }
      expect(await client.unasked()).toEqual([]);
    },
  );

  test("[MQTT-3.3.4-9] a PUBREC does not make room, PUBCOMP and a refusing PUBREC do", async () => {
    const client = await broker.connect(5, { properties: { receiveMaximum: 1 } });
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    for (const payload of ["1", "2", "3"]) await publisher.publish(topic, payload, { qos: 2 });
    const { messageId } = await client.take("publish");
    client.send({ cmd: "pubrec", messageId: messageId! });
    await client.take("pubrel");
    expect(await client.unasked()).toEqual([]);
    client.send({ cmd: "pubcomp", messageId: messageId! });
    const second = await client.take("publish");
    client.send({ cmd: "pubrec", messageId: second.messageId!, reasonCode: 0x80 });
    expect(await client.take("publish")).toMatchObject({ payload: Buffer.from("3") });
  });

  test("[MQTT-3.3.4-10] [MQTT-4.9.0-3] without room everything but QoS 1 and 2 goes on", async () => {
    const client = await broker.connect(5, { properties: { receiveMaximum: 1 } });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.publish(topic, "1", { qos: 1 });
    await client.publish(topic, "2", { qos: 1 });
    const first = await client.take("publish");
    expect(await client.unasked()).toEqual([]);
    expect(await client.subscribe(`${topic}/x`)).toMatchObject({ granted: [0] });
    expect(await client.unsubscribe(`${topic}/x`)).toMatchObject({ granted: [0] });
    expect(await client.publish(broker.unique(), "own", { qos: 1 })).toBeLessThan(0x80);
    expect(await client.publish(broker.unique(), "own", { qos: 2 })).toBeLessThan(0x80);
    await client.publish(topic, "zero", { qos: 0 });
    expect(await client.take("publish")).toMatchObject({ qos: 0, payload: Buffer.from("zero") });
    await client.acknowledge(first);
    expect(await client.payloads(1)).toEqual(["2"]);
  });

  test("[MQTT-4.9.0-1] the receive maximum of each connection counts for what waited", async () => {
    const client = await broker.connect(5, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.drop();
    const publisher = await broker.connect(5);
    for (let count = 0; count < 5; count += 1) await publisher.publish(topic, "x", { qos: 1 });
    const narrow = { kept: true, clientId: client.clientId, properties: { receiveMaximum: 2 } };
    const again = await broker.connect(5, narrow);
    await again.take("publish");
    await again.take("publish");
    expect(await again.unasked()).toEqual([]);
  });
});

describe("flow control to the server", () => {
  test("[MQTT-3.3.4-7] QoS 2 without PUBREL beyond the server's receive maximum ends the connection with 0x93", async () => {
    const client = await broker.connect(5);
    const maximum = client.connack.properties?.receiveMaximum ?? 65_535;
    expect(maximum).toBeLessThan(5_000);
    const message = { cmd: "publish", topic: broker.unique(), payload: "x" } as const;
    for (let messageId = 1; messageId <= maximum; messageId += 1) {
      client.send({ ...message, qos: 2, messageId, dup: false, retain: false });
    }
    for (let count = 1; count <= maximum; count += 1) await client.take("pubrec");
    expect(await client.unasked()).toEqual([]);
    client.send({ ...message, qos: 2, messageId: maximum + 1, dup: false, retain: false });
    expect(await client.ended()).toBe(0x93);
  });

  test("[MQTT-3.2.2-15] a packet above the server's maximum packet size ends the connection with 0x95", async () => {
    const client = await broker.connect(5);
    const maximum = client.connack.properties?.maximumPacketSize ?? 0;
    expect(maximum).toBeGreaterThan(0);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 0 });
    // Fixed header of four bytes, topic, packet identifier and property length around it.
    const room = maximum - 4 - 2 - topic.length - 2 - 1;
    expect(await client.publish(topic, Buffer.alloc(room), { qos: 1 })).toBe(0);
    expect((await client.take("publish")).payload).toHaveLength(room);
    await client.publish(topic, Buffer.alloc(maximum), { qos: 0 });
    expect(await client.ended()).toBe(0x95);
  });
});

describe("the client's maximum packet size", () => {
  test.each([0, 1, 2] as const)(
    "[MQTT-3.1.2-24] [MQTT-3.1.2-25] a larger message of QoS %i is dropped as though it had been delivered",
    async (qos) => {
      const limits = { maximumPacketSize: 100, receiveMaximum: 1 };
      const options = { kept: true, properties: limits };
      const client = await broker.connect(5, options);
      const publisher = await broker.connect(5);
      const topic = broker.unique();
      await client.subscribe(topic, { qos: 2 });
      await publisher.publish(topic, "before", { qos });
      for (let count = 0; count < 3; count += 1) {
        await publisher.publish(topic, Buffer.alloc(100), { qos });
      }
      await publisher.publish(topic, "after", { qos });
      expect(await client.payloads(2)).toEqual(["before", "after"]);
      await client.drop();
      const roomy = await broker.connect(5, { kept: true, clientId: client.clientId });
      expect(await roomy.before(topic)).toEqual([]);
    },
  );

  test("[MQTT-3.1.2-24] a packet of exactly that size is sent", async () => {
    const topic = broker.unique();
    const maximumPacketSize = 100;
    const client = await broker.connect(5, { properties: { maximumPacketSize } });
    const publisher = await broker.connect(5);
    await client.subscribe(topic);
    const room = maximumPacketSize - 2 - 2 - topic.length - 1;
    await publisher.publish(topic, Buffer.alloc(room));
    expect((await client.frame("publish")).bytes).toHaveLength(maximumPacketSize);
    await publisher.publish(topic, Buffer.alloc(room + 1));
    await publisher.publish(topic, "end");
    expect(await client.payloads(1)).toEqual(["end"]);
  });

  test("[MQTT-3.1.2-24] [MQTT-3.1.2-25] also for what waited while the client was away, and for what is retained", async () => {
    const client = await broker.connect(5, { kept: true });
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.drop();
    await publisher.publish(topic, Buffer.alloc(200), { qos: 1, retain: true });
    await publisher.publish(topic, "small", { qos: 1 });
    const options = { kept: true, clientId: client.clientId };
    const again = await broker.connect(5, { ...options, properties: { maximumPacketSize: 100 } });
    expect(await again.payloads(1)).toEqual(["small"]);
    await again.subscribe(topic, { qos: 1 });
    expect(await again.before(topic)).toEqual([]);
    await again.drop();
    const roomy = await broker.connect(5, options);
    expect(await roomy.before(topic)).toEqual([]);
  });

  test("[MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2] [MQTT-3.1.2-24] SUBACK and UNSUBACK fit a small client", async () => {
    const client = await broker.connect(5, { properties: { maximumPacketSize: 24 } });
    const suback = await client.subscribe("$forbidden/#");
    const unsuback = await client.unsubscribe("$forbidden/#");
    expect([suback.granted, unsuback.granted]).toEqual([[0x87], [0x11]]);
    // Fixed header and remaining length are two bytes.
    expect(suback.length).toBeLessThanOrEqual(22);
    expect(unsuback.length).toBeLessThanOrEqual(22);
  });
});
