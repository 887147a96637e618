import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { frame, properties, text } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

describe.each([5, 4] as const)("the exchanges at protocol level %i", (version) => {
  const publish = (topic: string, payload: string, qos: 1 | 2, messageId: number, dup = false) =>
    ({ cmd: "publish", topic, payload, qos, messageId, dup, retain: false }) as const;

  /** A kept session that subscribed to `topic` with QoS 2, and someone who publishes. */
  const both = async () => {
    const topic = broker.unique();
    const subscriber = await broker.connect(version, { kept: true });
    await subscriber.subscribe(topic, { qos: 2 });
    return { topic, subscriber, publisher: await broker.connect(version) };
  };

  test("[MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT3-4.3.2-2] QoS 1 in: after PUBACK the same packet identifier is a new message, whatever DUP says", async () => {
    const { topic, subscriber, publisher } = await both();
    for (const dup of [false, true, false]) {
      publisher.send(publish(topic, `dup ${dup}`, 1, 5, dup));
      expect(await publisher.take("puback")).toMatchObject({ messageId: 5 });
    }
    expect(await subscriber.payloads(3)).toEqual(["dup false", "dup true", "dup false"]);
  });

  test("[MQTT-4.3.3-8] [MQTT-4.3.3-10] [MQTT-4.3.3-11] [MQTT-4.3.3-12] [MQTT3-4.3.3-2] QoS 2 in: one delivery until PUBREL, and after PUBCOMP the packet identifier is new", async () => {
    const { topic, subscriber, publisher } = await both();
    for (const dup of [false, true, true]) {
      publisher.send(publish(topic, "one", 2, 5, dup));
      const answer = await publisher.take("pubrec");
      expect(answer).toMatchObject({ messageId: 5 });
      expect(answer.reasonCode ?? 0).toBe(0);
    }
    publisher.send({ cmd: "pubrel", messageId: 5 });
    expect(await publisher.take("pubcomp")).toMatchObject({ messageId: 5 });
    publisher.send(publish(topic, "two", 2, 5));
    await publisher.take("pubrec");
    publisher.send({ cmd: "pubrel", messageId: 5 });
    await publisher.take("pubcomp");
    expect(await subscriber.payloads(2)).toEqual(["one", "two"]);
    expect(await subscriber.unasked()).toEqual([]);
  });

  test("[MQTT-4.3.3-10] [MQTT3-4.3.3-2] QoS 2 in: one delivery also when the publisher returned in between", async () => {
    const { topic, subscriber } = await both();
    const publisher = await broker.connect(version, { kept: true });
    publisher.send(publish(topic, "one", 2, 9));
    await publisher.take("pubrec");
    await publisher.drop();
    const again = await broker.connect(version, { kept: true, clientId: publisher.clientId });
    again.send(publish(topic, "one", 2, 9, true));
    await again.take("pubrec");
    again.send({ cmd: "pubrel", messageId: 9 });
    await again.take("pubcomp");
    expect(await subscriber.payloads(1)).toEqual(["one"]);
    expect(await subscriber.before(topic)).toEqual([]);
  });

  test("[MQTT-3.1.2-4] [MQTT3-3.1.2-6] QoS 2 in: a packet identifier of a session that was forgotten is new", async () => {
    const { topic, subscriber } = await both();
    const publisher = await broker.connect(version, { kept: true });
    publisher.send(publish(topic, "one", 2, 9));
    await publisher.take("pubrec");
    await publisher.drop();
    const again = await broker.connect(version, { clientId: publisher.clientId });
    again.send(publish(topic, "two", 2, 9, true));
    await again.take("pubrec");
    expect(await subscriber.payloads(2)).toEqual(["one", "two"]);
  });

  test("[MQTT-4.3.3-11] [MQTT3-4.3.3-2] PUBREL is answered by PUBCOMP, also a second time and for what is not known", async () => {
    const client = await broker.connect(version);
    for (const messageId of [7, 7, 8]) {
      client.send({ cmd: "pubrel", messageId: messageId! });
      const { reasonCode = 0 } = await client.answer("pubcomp", messageId);
      expect([0, 0x92]).toContain(reasonCode);
    }
  });

  test("[MQTT-4.3.3-4] QoS 2 out: PUBREC is answered by PUBREL with its packet identifier, each in turn", async () => {
    const { topic, subscriber, publisher } = await both();
    for (const payload of ["1", "2"]) await publisher.publish(topic, payload, { qos: 2 });
    const one = await subscriber.take("publish");
    const two = await subscriber.take("publish");
    for (const { messageId } of [one, two]) {
      subscriber.send({ cmd: "pubrec", messageId: messageId! });
      expect(await subscriber.take("pubrel")).toMatchObject({ messageId });
    }
    for (const { messageId } of [one, two])
      subscriber.send({ cmd: "pubcomp", messageId: messageId! });
    expect(await subscriber.unasked()).toEqual([]);
  });

  test("[MQTT-4.3.2-3] [MQTT-4.3.3-3] [MQTT-4.4.0-1] [MQTT3-4.4.0-1] [MQTT-3.3.1-1] [MQTT3-3.3.1-1] [MQTT3-4.3.2-1] [MQTT3-4.6.0-1] [MQTT3-2.3.1-3] what was not acknowledged comes again on return, in order, with its packet identifiers and DUP, and not before", async () => {
    const { topic, subscriber, publisher } = await both();
    for (const qos of [1, 2, 1, 2] as const) await publisher.publish(topic, `qos ${qos}`, { qos });
    const first = [];
    for (let count = 0; count < 4; count += 1) first.push(await subscriber.take("publish"));
    await subscriber.acknowledge(first[0]!);
    await sleep(300);
    expect(await subscriber.unasked()).toEqual([]);
    await subscriber.drop();
    const again = await broker.connect(version, { kept: true, clientId: subscriber.clientId });
    for (const { messageId, payload, qos } of first.slice(1)) {
      const repeated = await again.take("publish");
      expect(repeated).toMatchObject({ messageId, payload, qos, dup: true });
    }
    expect(await again.before(topic)).toEqual([]);
  });

  test("[MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT-4.4.0-1] [MQTT3-4.4.0-1] [MQTT3-4.3.3-1] after PUBREC only PUBREL comes again on return, until PUBCOMP", async () => {
    const { topic, subscriber, publisher } = await both();
    await publisher.publish(topic, "x", { qos: 2 });
    const { messageId } = await subscriber.take("publish");
    subscriber.send({ cmd: "pubrec", messageId: messageId! });
    await subscriber.take("pubrel");
    await subscriber.drop();
    const again = await broker.connect(version, { kept: true, clientId: subscriber.clientId });
    expect(await again.take("pubrel")).toMatchObject({ messageId });
    again.send({ cmd: "pubcomp", messageId: messageId! });
    expect(await again.before(topic)).toEqual([]);
    await again.drop();
    const third = await broker.connect(version, { kept: true, clientId: subscriber.clientId });
    expect(await third.before(topic)).toEqual([]);
  });

  test("[MQTT-4.3.2-3] [MQTT3-4.3.2-1] what was acknowledged does not come again", async () => {
    const { topic, subscriber, publisher } = await both();
    for (const qos of [1, 2] as const) await publisher.publish(topic, "x", { qos });
    await subscriber.payloads(2);
    expect(await subscriber.before(topic)).toEqual([]);
    await subscriber.drop();
    const again = await broker.connect(version, { kept: true, clientId: subscriber.clientId });
    expect(await again.before(topic)).toEqual([]);
  });

  test.each([0, 1, 2] as const)(
    "[MQTT-4.6.0-5] [MQTT3-4.6.0-6] [MQTT-4.6.0-6] [MQTT3-4.6.0-5] messages of QoS %i reach each subscriber in the order they came",
    async (qos) => {
      const { topic, subscriber, publisher } = await both();
      const other = await broker.connect(version, { kept: true });
      await other.subscribe(`${topic}/#`, { qos });
      const expected = Array.from({ length: 50 }, (_, count) => String(count));
      const message = { cmd: "publish", topic, qos, dup: false, retain: false } as const;
      publisher.send(
        ...expected.map((payload, at) => ({
          ...message,
          payload,
          ...(qos === 0 ? {} : { messageId: at + 1 }),
        })),
      );
      for (const client of [subscriber, other]) {
        const found: string[] = [];
        while (found.length < 50) found.push(String((await client.receive()).payload));
        expect(found).toEqual(expected);
      }
    },
  );

  test("[MQTT3-4.6.0-6] [MQTT3-4.6.0-2] [MQTT3-4.6.0-3] the server acknowledges in the order of the messages", async () => {
    const { topic, publisher } = await both();
    const ids = [7, 3, 9, 1, 65_535, 2];
    publisher.send(...ids.map((id) => publish(topic, "x", 1, id)));
    for (const messageId of ids)
      expect(await publisher.take("puback")).toMatchObject({ messageId });
    publisher.send(...ids.map((id) => publish(topic, "x", 2, id)));
    for (const messageId of ids)
      expect(await publisher.take("pubrec")).toMatchObject({ messageId });
    publisher.send(...ids.map((messageId) => ({ cmd: "pubrel", messageId: messageId! }) as const));
    for (const messageId of ids)
      expect(await publisher.take("pubcomp")).toMatchObject({ messageId });
  });

  test("acknowledgements of what was never sent change nothing", async () => {
    const client = await broker.connect(version);
    client.send({ cmd: "puback", messageId: 999 }, { cmd: "pubcomp", messageId: 999 });
    expect(await client.unasked()).toEqual([]);
  });
});

describe("the exchanges of MQTT 5", () => {
  /** Nobody but the device may publish there. */
  const forbidden = "qs/v1/d/pump-17/up/telemetry";

  test("[MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] acknowledgements bear their own reason codes", async () => {
    const client = await broker.connect(5);
    const publishCodes = [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
    for (const [topic, qos] of [
      [broker.unique(), 1],
      [forbidden, 1],
      [broker.unique(), 2],
      [forbidden, 2],
    ] as const) {
      expect(publishCodes).toContain(await client.publish(topic, "x", { qos }));
    }
    client.send({ cmd: "pubrel", messageId: 4_000 });
    expect(await client.take("pubcomp")).toMatchObject({ reasonCode: 0x92 });
    client.send({ cmd: "pubrec", messageId: 4_001 });
    expect(await client.take("pubrel")).toMatchObject({ messageId: 4_001, reasonCode: 0x92 });
  });

  test("[MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] PUBACK and PUBREC leave out their words when they would not fit", async () => {
    for (const [header, cmd] of [
      [0x32, "puback"],
      [0x34, "pubrec"],
    ] as const) {
      const publish = frame(header, text(forbidden), [0, 1], properties(5), [0x61]);
      const roomy = await broker.connect(5);
      roomy.write(publish);
      const long = await roomy.frame(cmd);
      expect(long.packet.properties).toHaveProperty("reasonString");
      const maximumPacketSize = long.bytes.length - 1;
      const tight = await broker.connect(5, { properties: { maximumPacketSize } });
      tight.write(publish);
      const short = await tight.frame(cmd);
      expect(short.packet.reasonCode).toBe(long.packet.reasonCode);
      expect(short.bytes.length).toBeLessThanOrEqual(maximumPacketSize);
      expect(short.packet.properties ?? {}).not.toHaveProperty("reasonString");
      expect(short.packet.properties ?? {}).not.toHaveProperty("userProperties");
    }
  });

  test("[MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] PUBREL and PUBCOMP fit the smallest client", async () => {
    const client = await broker.connect(5, { properties: { maximumPacketSize: 24 } });
    client.send({ cmd: "pubrel", messageId: 1 });
    expect((await client.frame("pubcomp")).bytes.length).toBeLessThanOrEqual(6);
    client.send({ cmd: "pubrec", messageId: 2 });
    expect((await client.frame("pubrel")).bytes.length).toBeLessThanOrEqual(6);
  });

  test("[MQTT-3.1.2-29] [MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2] who wants no problem information gets no words in acknowledgements", async () => {
    const quiet = { requestProblemInformation: false };
    const client = await broker.connect(5, { properties: quiet });
    expect(await client.publish(forbidden, "x", { qos: 1, messageId: 1 })).toBe(0x87);
    for (const messageId of [2, 3]) {
      client.write(frame(0x34, text(forbidden), [0, messageId], properties(5), [0x61]));
      const { packet } = await client.frame("pubrec");
      expect(packet.properties ?? {}).toEqual({});
    }
    client.write(frame(0x32, text(forbidden), [0, 4], properties(5), [0x61]));
    expect((await client.take("puback")).properties ?? {}).toEqual({});
    expect((await client.subscribe("$forbidden/#")).properties ?? {}).toEqual({});
    expect((await client.unsubscribe("none")).properties ?? {}).toEqual({});
    client.send({ cmd: "pubrel", messageId: 900 });
    expect((await client.take("pubcomp")).properties ?? {}).toEqual({});
  });

  test("[MQTT-4.3.3-9] after a PUBREC that refuses, the same packet identifier is a new message", async () => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    client.write(frame(0x34, text(forbidden), [0, 7], properties(5), [0x61]));
    expect(await client.take("pubrec")).toMatchObject({ messageId: 7, reasonCode: 0x87 });
    expect(await client.publish(topic, "new", { qos: 2, messageId: 7 })).toBe(0);
    expect(await client.payloads(1)).toEqual(["new"]);
  });

  test("[MQTT-4.4.0-2] what the client refused does not come again, and PUBREL does not follow", async () => {
    const client = await broker.connect(5, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    for (const qos of [1, 2] as const) await client.publish(topic, "x", { qos });
    const one = await client.take("publish");
    const two = await client.take("publish");
    client.send({ cmd: "puback", messageId: one.messageId!, reasonCode: 0x80 });
    client.send({ cmd: "pubrec", messageId: two.messageId!, reasonCode: 0x97 });
    expect(await client.unasked()).toEqual([]);
    await client.drop();
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(await again.before(topic)).toEqual([]);
  });

  test.concurrent("[MQTT-4.3.3-7] [MQTT-4.4.0-1] what has been sent comes again although its expiry is over", async () => {
    const client = await broker.connect(5, { kept: true });
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    const short = { messageExpiryInterval: 1 };
    await publisher.publish(topic, "x", { qos: 2, properties: short });
    const { messageId } = await client.take("publish");
    await client.drop();
    await sleep(1_200);
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(await again.receive()).toMatchObject({ messageId, dup: true });
  });

  test.concurrent("[MQTT-4.3.3-13] the exchange is completed for a message that expired meanwhile", async () => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    const short = { messageExpiryInterval: 1 };
    client.send({
      cmd: "publish",
      topic,
      payload: "x",
      qos: 2,
      messageId: 3,
      dup: false,
      retain: false,
      properties: short,
    });
    await client.take("pubrec");
    await sleep(1_200);
    client.send({ cmd: "pubrel", messageId: 3 });
    expect(await client.take("pubcomp")).toMatchObject({ messageId: 3 });
  });
});
