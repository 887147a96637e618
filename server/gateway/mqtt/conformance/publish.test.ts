import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { frame, properties, text, type WireClient } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

describe.each([5, 4] as const)("PUBLISH at protocol level %i", (version) => {
  test.each([0, 1, 2] as const)(
    "[MQTT-3.3.1-2] [MQTT3-3.3.1-2] [MQTT-4.3.1-1] [MQTT3-4.3.1-1] [MQTT-4.3.2-2] [MQTT3-4.3.2-1] [MQTT-4.3.3-2] [MQTT3-4.3.3-1] [MQTT-3.3.4-1] [MQTT3-3.3.4-1] of QoS %i is answered as it asks, and first comes without DUP",
    async (qos) => {
      const client = await broker.connect(version);
      const topic = broker.unique();
      await client.subscribe(topic, { qos: 2 });
      const message = { cmd: "publish", topic, payload: "x", qos, retain: false } as const;
      client.send({ ...message, dup: false, ...(qos === 0 ? {} : { messageId: 7 }) });
      if (qos === 1) await client.answer("puback", 7);
      if (qos === 2) {
        await client.answer("pubrec", 7);
        client.send({ cmd: "pubrel", messageId: 7 });
        await client.answer("pubcomp", 7);
      }
      expect(await client.receive()).toMatchObject({ qos, dup: false, payload: Buffer.from("x") });
      expect(await client.unasked()).toEqual([]);
    },
  );

  test("[MQTT-3.3.1-3] [MQTT3-3.3.1-3] DUP of the publisher is not passed on", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    for (const qos of [1, 2] as const) {
      await client.publish(topic, "x", { qos, dup: true });
      expect(await client.receive()).toMatchObject({ qos, dup: false });
    }
  });

  test("[MQTT-3.3.1-2] [MQTT3-3.3.1-2] QoS 0 with DUP is malformed", async () => {
    const client = await broker.connect(version);
    client.write(frame(0x38, text(broker.unique()), properties(version), [0x61]));
    expect(await client.ended()).toBe(version === 5 ? 0x81 : "closed");
  });

  test("[MQTT-3.3.1-4] [MQTT3-3.3.1-4] both QoS bits are malformed", async () => {
    for (const header of [0x36, 0x37, 0x3e]) {
      const client = await broker.connect(version);
      client.write(frame(header, text(broker.unique()), [0, 1], properties(version), [0x61]));
      expect(await client.ended()).toBe(version === 5 ? 0x81 : "closed");
    }
  });

  test.each(["a/+", "a/#", "#", "+", "a+", "a#/b"])(
    "[MQTT-3.3.2-2] [MQTT3-3.3.2-2] [MQTT-4.7.0-1] [MQTT3-4.7.1-1] to %s goes nowhere",
    async (wildcard) => {
      const subscriber = await broker.connect(version);
      await subscriber.subscribe("#", { qos: 1 });
      const client = await broker.connect(version);
      client.write(frame(0x32, text(wildcard), [0, 1], properties(version), [0x61]));
      expect(await client.refusal(1)).toBe(version === 5 ? 0x90 : "closed");
      const end = broker.unique();
      await subscriber.publish(end, "end");
      const { packet } = await subscriber.find(
        (one) => one.packet.cmd === "publish" && [wildcard, end].includes(one.packet.topic),
        "PUBLISH",
      );
      expect(packet).toMatchObject({ topic: end });
    },
  );

  test("[MQTT-3.3.2-3] [MQTT3-3.3.2-3] [MQTT-4.5.0-1] [MQTT3-4.5.0-1] reaches everyone whose filters select it, and nobody else", async () => {
    const root = broker.unique();
    const publisher = await broker.connect(version);
    const of: Record<string, WireClient> = {};
    for (const filter of ["a/b", "a/+", "a/#", "+/b", "#", "a", "b", "a/b/c", "+"]) {
      of[filter] = await broker.connect(version);
      await of[filter].subscribe(`${root}/${filter}`, { qos: 1 });
    }
    await publisher.publish(`${root}/a/b`, "wanted", { qos: 1 });
    for (const filter of ["a/b", "a/+", "a/#", "+/b", "#"]) {
      expect(await of[filter]!.receive()).toMatchObject({ topic: `${root}/a/b` });
    }
    for (const client of Object.values(of)) expect(await client.unasked()).toEqual([]);
  });

  test("[MQTT3-3.3.5-2] where it is not allowed is refused: MQTT 5 is told, 3.1.1 disconnected", async () => {
    const client = await broker.connect(version);
    const topic = "qs/v1/d/pump-17/up/telemetry";
    client.write(frame(0x32, text(topic), [0, 1], properties(version), [0x61]));
    expect(await client.refusal(1)).toBe(version === 5 ? 0x87 : "closed");
  });
});

describe("properties of PUBLISH", () => {
  test("[MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20] are passed on as they came, now, to those who were away, and when retained", async () => {
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    const now = await broker.connect(5);
    await now.subscribe(topic, { qos: 1 });
    const away = await broker.connect(5, { kept: true });
    await away.subscribe(topic, { qos: 1 });
    await away.drop();
    const user = ["b", "1", "a", "2", "b", "3", "", ""].map(text);
    const userProperties = [0, 2, 4, 6].map((at) =>
      Buffer.concat([Buffer.from([0x26]), user[at]!, user[at + 1]!]),
    );
    const sent = [
      Buffer.from([0x01, 0x01]),
      Buffer.concat([Buffer.from([0x03]), text("text/plain; charset=utf-8")]),
      Buffer.concat([Buffer.from([0x08]), text("reply/to/ü")]),
      Buffer.concat([Buffer.from([0x09]), text(Buffer.from([0, 255, 0x80]))]),
    ];
    publisher.write(
      frame(0x33, text(topic), [0, 9], properties(5, ...sent, ...userProperties), [0x61]),
    );
    await publisher.answer("puback", 9);
    const back = await broker.connect(5, { kept: true, clientId: away.clientId });
    const later = await broker.connect(5);
    await later.subscribe(topic, { qos: 1 });
    for (const client of [now, back, later]) {
      const { packet, bytes } = await client.frame("publish");
      expect(packet.properties).toMatchObject({
        payloadFormatIndicator: true,
        contentType: "text/plain; charset=utf-8",
        responseTopic: "reply/to/ü",
        correlationData: Buffer.from([0, 255, 0x80]),
      });
      for (const property of sent) expect(bytes.includes(property)).toBe(true);
      expect(bytes.includes(Buffer.concat(userProperties))).toBe(true);
    }
  });

  test("are left out for a 3.1.1 subscriber", async () => {
    const publisher = await broker.connect(5);
    const subscriber = await broker.connect(4);
    const topic = broker.unique();
    await subscriber.subscribe(topic);
    await publisher.publish(topic, "x", { properties: { contentType: "text/plain" } });
    const { bytes } = await subscriber.frame("publish");
    expect(bytes).toEqual(frame(0x30, text(topic), [0x78]));
  });

  test.each([
    ["[MQTT-3.3.2-14] a response topic with a wildcard", { responseTopic: "a/+/b" }],
    ["[MQTT-3.3.4-6] a subscription identifier", { subscriptionIdentifier: 5 }],
  ])("%s ends the connection", async (_, more) => {
    const client = await broker.connect(5);
    client.send({
      cmd: "publish",
      topic: broker.unique(),
      payload: "x",
      qos: 0,
      dup: false,
      retain: false,
      properties: more,
    });
    expect(await client.ended()).toBe(0x82);
  });

  test.concurrent("[MQTT-3.3.2-5] a message that waited longer than its expiry is not delivered", async () => {
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    const away = await broker.connect(5, { kept: true });
    await away.subscribe(topic, { qos: 1 });
    await away.drop();
    const full = await broker.connect(5, { properties: { receiveMaximum: 1 } });
    await full.subscribe(topic, { qos: 1 });
    await publisher.publish(topic, "first", { qos: 1 });
    const short = { messageExpiryInterval: 1 };
    await publisher.publish(topic, "too late", { qos: 1, properties: short });
    await publisher.publish(topic, "last", { qos: 1 });
    const unanswered = await full.take("publish");
    await sleep(1_200);
    await full.acknowledge(unanswered);
    expect(await full.payloads(1)).toEqual(["last"]);
    const back = await broker.connect(5, { kept: true, clientId: away.clientId });
    expect(await back.payloads(2)).toEqual(["first", "last"]);
  });

  test("[MQTT-3.3.2-5] an expiry of 0 has passed at once", async () => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    const none = { messageExpiryInterval: 0 };
    await client.publish(topic, "x", { qos: 1, retain: true, properties: none });
    expect(await client.before(topic)).toEqual([]);
    await client.subscribe(topic, { qos: 1 });
    expect(await client.before(topic)).toEqual([]);
  });

  test.concurrent("[MQTT-3.3.2-5] a retained message is not sent after its expiry", async () => {
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    const short = { messageExpiryInterval: 1 };
    await publisher.publish(topic, "x", { qos: 1, retain: true, properties: short });
    await sleep(1_200);
    const later = await broker.connect(5);
    await later.subscribe(topic);
    expect(await later.before(topic)).toEqual([]);
  });

  test.concurrent("[MQTT-3.3.2-6] the expiry that is passed on is what is left of it", async () => {
    const publisher = await broker.connect(5);
    const topic = broker.unique();
    const now = await broker.connect(5);
    await now.subscribe(topic);
    const away = await broker.connect(5, { kept: true });
    await away.subscribe(topic, { qos: 1 });
    await away.drop();
    const long = { messageExpiryInterval: 100 };
    await publisher.publish(topic, "x", { qos: 1, retain: true, properties: long });
    expect((await now.take("publish")).properties?.messageExpiryInterval).toBeGreaterThan(98);
    await sleep(2_100);
    const back = await broker.connect(5, { kept: true, clientId: away.clientId });
    await publisher.subscribe(topic);
    for (const client of [back, publisher]) {
      const left = (await client.take("publish")).properties?.messageExpiryInterval;
      expect([97, 98]).toContain(left);
    }
  });
});

describe("topic aliases", () => {
  const to = (topic: string, alias: number, payload: string) =>
    frame(0x30, text(topic), properties(5, [0x23, alias >> 8, alias & 255]), Buffer.from(payload));

  test("[MQTT-3.3.2-12] every alias up to the server's maximum is taken, and may be set anew", async () => {
    const client = await broker.connect(5);
    const maximum = client.connack.properties?.topicAliasMaximum ?? 0;
    expect(maximum).toBeGreaterThan(0);
    const root = broker.unique();
    await client.subscribe(`${root}/#`);
    for (let alias = 1; alias <= maximum; alias += 1)
      client.write(to(`${root}/${alias}`, alias, "set"));
    for (let alias = 1; alias <= maximum; alias += 1) client.write(to("", alias, "use"));
    client.write(to(`${root}/new`, 1, "set"), to("", 1, "use"));
    for (const payload of ["set", "use"]) {
      for (let alias = 1; alias <= maximum; alias += 1) {
        const message = await client.take("publish");
        expect(message).toMatchObject({ topic: `${root}/${alias}`, payload: Buffer.from(payload) });
      }
    }
    expect(await client.take("publish")).toMatchObject({ topic: `${root}/new` });
    expect(await client.take("publish")).toMatchObject({ topic: `${root}/new` });
  });

  test("[MQTT-3.3.2-8] [MQTT-3.3.2-9] [MQTT-3.2.2-17] alias 0 and aliases above the maximum end the connection", async () => {
    const { connack } = await broker.connect(5);
    const maximum = connack.properties?.topicAliasMaximum ?? 0;
    for (const alias of [0, maximum + 1, 0xffff]) {
      const client = await broker.connect(5);
      client.write(to(broker.unique(), alias, "x"));
      expect(await client.ended()).toBe(0x94);
    }
  });

  test("[MQTT-3.3.2-7] aliases end with the connection, not with the session", async () => {
    const client = await broker.connect(5, { kept: true });
    client.write(to(broker.unique(), 1, "x"));
    expect(await client.unasked()).toEqual([]);
    await client.drop();
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(true);
    again.write(to("", 1, "x"));
    expect([0x82, 0x94]).toContain(await again.ended());
  });

  test("[MQTT-3.1.2-27] a client that allows no alias gets none", async () => {
    for (const asked of [{}, { topicAliasMaximum: 0 }]) {
      const client = await broker.connect(5, { properties: asked });
      const topic = broker.unique();
      await client.subscribe(topic);
      for (let count = 0; count < 5; count += 1) {
        await client.publish(topic, "x");
        const message = await client.take("publish");
        expect(message.topic).toBe(topic);
        expect(message.properties ?? {}).not.toHaveProperty("topicAlias");
      }
    }
  });

  test("[MQTT-3.1.2-26] [MQTT-3.3.2-11] [MQTT-3.3.2-8] [MQTT-3.3.2-7] aliases of the server stay within the client's maximum and say the right topic, anew on each connection", async () => {
    const asked = { kept: true, clientId: broker.unique(), properties: { topicAliasMaximum: 2 } };
    const root = broker.unique();
    for (let connection = 1; connection <= 2; connection += 1) {
      const client = await broker.connect(5, asked);
      await client.subscribe(`${root}/#`);
      const known = new Map<number, string>();
      for (const name of ["a", "a", "b", "b", "c", "c", "a", "b", "c", "d", "a"]) {
        await client.publish(`${root}/${name}`, "x");
        const message = await client.take("publish");
        const alias = message.properties?.topicAlias;
        expect([undefined, 1, 2]).toContain(alias);
        if (alias !== undefined && message.topic !== "") known.set(alias, message.topic);
        expect(message.topic === "" ? known.get(alias ?? 0) : message.topic).toBe(
          `${root}/${name}`,
        );
      }
      await client.drop();
    }
  });
});
