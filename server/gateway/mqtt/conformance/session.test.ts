import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { connackFlags } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

describe.each([5, 4] as const)("a session at protocol level %i", (version) => {
  test("[MQTT-3.1.2-6] [MQTT3-3.1.2-4] [MQTT-3.2.2-3] [MQTT3-3.2.2-3] [MQTT-3.2.2-1] is begun when there is none", async () => {
    const client = await broker.open(version);
    client.send(broker.packet(version, { kept: true }));
    const { packet, bytes } = await client.frame("connack");
    expect(packet.sessionPresent).toBe(false);
    expect(connackFlags(bytes)).toBe(0);
  });

  test("[MQTT-3.1.2-5] [MQTT3-3.1.2-4] [MQTT-3.1.2-23] [MQTT-3.2.2-3] [MQTT3-3.2.2-2] [MQTT-3.2.2-1] [MQTT3-4.1.0-1] is gone on with: its subscriptions are there", async () => {
    const first = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await first.subscribe(topic, { qos: 1 });
    await first.leave();
    const again = await broker.open(version);
    again.send(broker.packet(version, { kept: true, clientId: first.clientId }));
    const { packet, bytes } = await again.frame("connack");
    expect(packet.sessionPresent).toBe(true);
    expect(connackFlags(bytes)).toBe(1);
    await again.publish(topic, "here", { qos: 1 });
    expect(await again.payloads(1)).toEqual(["here"]);
  });

  test("[MQTT3-3.1.2-5] [MQTT-4.5.0-1] [MQTT3-4.5.0-1] keeps messages of QoS 1 and 2 while its client is away", async () => {
    const client = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    await client.drop();
    const publisher = await broker.connect(version);
    for (const qos of [1, 2] as const) await publisher.publish(topic, `qos ${qos}`, { qos });
    const again = await broker.connect(version, { kept: true, clientId: client.clientId });
    expect(await again.receive()).toMatchObject({ qos: 1, payload: Buffer.from("qos 1") });
    expect(await again.receive()).toMatchObject({ qos: 2, payload: Buffer.from("qos 2") });
    expect(await again.unasked()).toEqual([]);
  });

  test("[MQTT-4.5.0-1] [MQTT3-4.5.0-1] [MQTT-4.6.0-5] [MQTT3-4.6.0-6] keeps more than is in memory at once, each once and in order, also when the client comes and goes", async () => {
    const client = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    await client.drop();
    const publisher = await broker.connect(version);
    const expected = Array.from({ length: 900 }, (_, count) => String(count));
    for (let from = 0; from < expected.length; from += 300) {
      const some = expected
        .slice(from, from + 300)
        .map((payload) => ({ payload, id: publisher.newId() }));
      const message = { cmd: "publish", topic, qos: 1, dup: false, retain: false } as const;
      publisher.send(...some.map(({ payload, id }) => ({ ...message, payload, messageId: id })));
      for (const { id } of some) await publisher.answer("puback", id);
    }
    const found: string[] = [];
    for (const count of [100, 400, 400]) {
      const again = await broker.connect(version, { kept: true, clientId: client.clientId });
      found.push(...(await again.payloads(count)));
      await again.leave();
    }
    expect(found).toEqual(expected);
  });

  test("[MQTT-3.1.2-4] [MQTT3-3.1.2-6] [MQTT-3.1.4-4] [MQTT3-3.1.4-3] [MQTT-3.2.2-2] [MQTT3-3.2.2-1] is forgotten by a clean start, with subscriptions and messages", async () => {
    const client = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.drop();
    const publisher = await broker.connect(version);
    await publisher.publish(topic, "before", { qos: 1 });
    const again = await broker.connect(version, { clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(false);
    await publisher.publish(topic, "after", { qos: 1 });
    expect(await again.unasked()).toEqual([]);
    await again.leave();
    const third = await broker.connect(version, { kept: true, clientId: client.clientId });
    expect(third.connack.sessionPresent).toBe(false);
    expect(await third.unasked()).toEqual([]);
  });

  test("[MQTT3-3.1.2-6] [MQTT-3.1.2-23] [MQTT-4.1.0-2] that is not kept ends with its connection", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.drop();
    const publisher = await broker.connect(version);
    await publisher.publish(topic, "while away", { qos: 1 });
    const again = await broker.connect(version, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(false);
    expect(await again.unasked()).toEqual([]);
  });

  test("[MQTT-3.1.3-2] [MQTT3-3.1.3-2] belongs to its client id", async () => {
    const client = await broker.connect(version, { kept: true });
    await client.drop();
    const other = await broker.connect(version, { kept: true });
    expect(other.connack.sessionPresent).toBe(false);
    const again = await broker.connect(version, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(true);
  });

  test("[MQTT-4.1.0-1] [MQTT3-4.1.0-2] [MQTT3-4.1.0-1] survives a takeover with its messages on their way", async () => {
    const client = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    const publisher = await broker.connect(version);
    await publisher.publish(topic, "unacknowledged", { qos: 1 });
    await client.take("publish");
    const again = await broker.connect(version, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(true);
    expect(await again.payloads(1)).toEqual(["unacknowledged"]);
  });

  test("is gone on with at the other protocol level", async () => {
    const client = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    const publisher = await broker.connect(version);
    for (const qos of [1, 2] as const) await publisher.publish(topic, `qos ${qos}`, { qos });
    const options = { kept: true, clientId: client.clientId };
    const again = await broker.connect(version === 5 ? 4 : 5, options);
    expect(again.connack.sessionPresent).toBe(true);
    expect(await again.payloads(2)).toEqual(["qos 1", "qos 2"]);
  });

  test("[MQTT3-3.1.2-7] ends without its retained messages", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.publish(topic, "stays", { qos: 1, retain: true });
    await client.leave();
    const later = await broker.connect(version);
    await later.subscribe(topic);
    expect(await later.payloads(1)).toEqual(["stays"]);
  });
});

describe("session expiry of MQTT 5", () => {
  test.concurrent("[MQTT-4.1.0-2] [MQTT-3.2.2-3] a session is gone when its time is over", async () => {
    const client = await broker.connect(5, { kept: true, expiry: 1 });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.drop();
    const publisher = await broker.connect(5);
    await publisher.publish(topic, "kept in vain", { qos: 1 });
    await sleep(1_200);
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(false);
    expect(await again.unasked()).toEqual([]);
  });

  test.concurrent("[MQTT-4.1.0-1] that time does not run while the connection is open", async () => {
    const client = await broker.connect(5, { kept: true, expiry: 1 });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await sleep(1_500);
    await client.publish(topic, "x", { qos: 1 });
    expect(await client.payloads(1)).toEqual(["x"]);
    await client.drop();
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(true);
  });

  test("[MQTT-3.1.2-23] DISCONNECT may change it: 0 ends the session at once", async () => {
    const client = await broker.connect(5, { kept: true });
    await client.leave(0, { sessionExpiryInterval: 0 });
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(false);
  });

  test.concurrent("[MQTT-3.1.2-23] DISCONNECT may change it: the session is kept longer", async () => {
    const client = await broker.connect(5, { kept: true, expiry: 1 });
    await client.leave(0, { sessionExpiryInterval: 100 });
    await sleep(1_300);
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(true);
  });

  test("[MQTT-4.1.0-2] that of the last connection counts", async () => {
    const client = await broker.connect(5, { kept: true });
    await client.drop();
    const own = { kept: true, clientId: client.clientId };
    const short = await broker.connect(5, { ...own, expiry: 0 });
    expect(short.connack.sessionPresent).toBe(true);
    await short.drop();
    const again = await broker.connect(5, own);
    expect(again.connack.sessionPresent).toBe(false);
  });

  test("[MQTT-3.1.2-4] a clean start may begin a session that is kept", async () => {
    const client = await broker.connect(5, { clean: true, expiry: 100 });
    await client.drop();
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(again.connack.sessionPresent).toBe(true);
  });

  test("a session that was to end with its connection cannot be prolonged by DISCONNECT", async () => {
    const client = await broker.connect(5);
    client.send({ cmd: "disconnect", reasonCode: 0, properties: { sessionExpiryInterval: 100 } });
    expect(await client.ended()).toBe(0x82);
  });
});
