import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import type { Version, WireClient } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

type Will = { readonly topic: string; readonly payload: Buffer; readonly qos: 0 | 1 | 2 };

function willOn(topic: string, more: object = {}): Will & { readonly retain: boolean } {
  return { topic, payload: Buffer.from("will"), qos: 1, retain: false, ...more };
}

/** Someone who reads `topic`, also after a while, and can tell that nothing else came. */
async function reader(version: Version, topic: string): Promise<WireClient> {
  const client = await broker.connect(version);
  await client.subscribe(topic, { qos: 2 });
  return client;
}

describe.each([5, 4] as const)("a will at protocol level %i", (version) => {
  test.each([0, 1, 2] as const)(
    "[MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT3-3.1.2-8] [MQTT-3.1.2-14] [MQTT3-3.1.2-16] of QoS %i is published when the network fails, once, not retained",
    async (qos) => {
      const topic = broker.unique();
      const observer = await reader(version, topic);
      const client = await broker.connect(version, { will: willOn(topic, { qos }) });
      await client.drop();
      expect(await observer.receive()).toMatchObject({ topic, qos, retain: false });
      expect(await observer.before(topic)).toEqual([]);
      const later = await reader(version, topic);
      expect(await later.before(topic)).toEqual([]);
    },
  );

  test("[MQTT-3.1.2-15] [MQTT3-3.1.2-17] that is to be retained is", async () => {
    const topic = broker.unique();
    const observer = await reader(version, topic);
    const client = await broker.connect(version, { will: willOn(topic, { retain: true }) });
    await client.drop();
    await observer.receive();
    const later = await reader(version, topic);
    expect(await later.receive()).toMatchObject({ retain: true, payload: Buffer.from("will") });
  });

  test("[MQTT-3.1.2-10] [MQTT3-3.1.2-10] [MQTT-3.14.4-3] [MQTT3-3.14.4-3] [MQTT-3.1.2-8] [MQTT3-3.1.2-8] is discarded by DISCONNECT", async () => {
    const topic = broker.unique();
    const observer = await reader(version, topic);
    const client = await broker.connect(version, { will: willOn(topic) });
    await client.leave();
    expect(await observer.before(topic)).toEqual([]);
  });

  test("[MQTT-3.1.2-10] [MQTT3-3.1.2-10] that was published is gone from the session", async () => {
    const topic = broker.unique();
    const observer = await reader(version, topic);
    const client = await broker.connect(version, { will: willOn(topic), kept: true });
    await client.drop();
    await observer.receive();
    const again = await broker.connect(version, { clientId: client.clientId, kept: true });
    await again.drop();
    expect(await observer.before(topic)).toEqual([]);
  });

  test("[MQTT3-3.1.2-12] that was not given is not published", async () => {
    const topic = broker.unique();
    const observer = await reader(version, topic);
    const client = await broker.connect(version, { kept: true });
    await client.drop();
    expect(await observer.before(topic)).toEqual([]);
  });

  test("is published when the client breaks the standard, and when it is taken over", async () => {
    const topic = broker.unique();
    const observer = await reader(version, topic);
    const wrong = await broker.connect(version, { will: willOn(topic) });
    wrong.write(Buffer.from([0xf8, 0]));
    expect(await observer.payloads(1)).toEqual(["will"]);
    const first = await broker.connect(version, { will: willOn(topic) });
    await broker.connect(version, { clientId: first.clientId });
    expect(await observer.payloads(1)).toEqual(["will"]);
  });
});

describe("a will of MQTT 5", () => {
  test("[MQTT-3.1.3-10] [MQTT-3.3.2-18] keeps its properties, user properties in order", async () => {
    const topic = broker.unique();
    const observer = await reader(5, topic);
    const properties = {
      payloadFormatIndicator: true,
      contentType: "text/plain",
      responseTopic: "answers",
      correlationData: Buffer.from([1, 2, 3]),
      userProperties: { b: ["1", "2"], a: "3" },
    };
    const client = await broker.connect(5, { will: { ...willOn(topic), properties } });
    await client.drop();
    const { packet, bytes } = await observer.frame("publish");
    expect(packet.properties).toMatchObject(properties);
    const inOrder = Buffer.from("260001620001312600016200013226000161000133", "hex");
    expect(bytes.includes(inOrder)).toBe(true);
  });

  test.concurrent("[MQTT-3.1.2-8] waits for its delay", async () => {
    const topic = broker.unique();
    const observer = await reader(5, topic);
    const will = { ...willOn(topic), properties: { willDelayInterval: 1 } };
    const client = await broker.connect(5, { will, kept: true });
    const from = Date.now();
    await client.drop();
    await observer.receive();
    expect(Date.now() - from).toBeGreaterThanOrEqual(950);
  });

  test.concurrent("[MQTT-3.1.3-9] [MQTT-3.1.2-8] is not sent when the client returns before its delay is over", async () => {
    const topic = broker.unique();
    const observer = await reader(5, topic);
    const will = { ...willOn(topic), properties: { willDelayInterval: 1 } };
    const client = await broker.connect(5, { will, kept: true });
    await client.drop();
    const again = await broker.connect(5, { clientId: client.clientId, kept: true });
    await sleep(2_200);
    expect(await observer.before(topic)).toEqual([]);
    await again.leave();
  });

  test.concurrent("[MQTT-3.1.2-8] does not wait longer than its session lasts", async () => {
    const topic = broker.unique();
    const observer = await reader(5, topic);
    const will = { ...willOn(topic), properties: { willDelayInterval: 60 } };
    const ending = await broker.connect(5, { will });
    await ending.drop();
    expect(await observer.payloads(1)).toEqual(["will"]);
    const short = await broker.connect(5, { will, expiry: 1 });
    await short.drop();
    expect(await observer.payloads(1)).toEqual(["will"]);
  });

  test("goes out although the client leaves, when DISCONNECT asks for it", async () => {
    const topic = broker.unique();
    const observer = await reader(5, topic);
    const client = await broker.connect(5, { will: willOn(topic) });
    await client.leave(0x04);
    expect(await observer.payloads(1)).toEqual(["will"]);
  });
});
