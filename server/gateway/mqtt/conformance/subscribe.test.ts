import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { frame, properties, text } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

/** Reason codes of SUBACK, MQTT 5.0 §3.9.3. */
const subackCodes = new Set([0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2]);
/** A grant of # does not cover it. */
const forbidden = "$forbidden/#";

describe.each([5, 4] as const)("SUBSCRIBE at protocol level %i", (version) => {
  const refused = version === 5 ? 0x87 : 0x80;

  test("[MQTT-3.8.3-2] [MQTT3-3.8.3-3] [MQTT-3.10.3-2] [MQTT3-3.10.3-2] without filter, and UNSUBSCRIBE without filter, end the connection", async () => {
    for (const header of [0x82, 0xa2]) {
      const client = await broker.connect(version);
      client.write(frame(header, [0, 1], properties(version)));
      expect(version === 5 ? [0x81, 0x82] : ["closed"]).toContain(await client.ended());
    }
  });

  test("[MQTT-3.8.3-5] [MQTT3-3.8.3-4] with reserved bits or QoS 3 is malformed", async () => {
    const wrong = version === 5 ? [0x40, 0x80, 0xc1, 0x03] : [0x04, 0x08, 0x40, 0x80, 0x03];
    for (const options of wrong) {
      const client = await broker.connect(version);
      const filter = text(broker.unique());
      client.write(frame(0x82, [0, 1], properties(version), filter, [options]));
      expect(await client.ended()).toBe(version === 5 ? 0x81 : "closed");
    }
  });

  test("[MQTT-3.8.4-5] [MQTT3-3.8.4-4] [MQTT-3.8.4-6] [MQTT3-3.8.4-5] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT3-3.9.3-1] [MQTT-3.9.3-2] [MQTT3-3.9.3-2] is answered filter by filter, in order: the QoS granted, or a failure", async () => {
    const client = await broker.connect(version);
    const root = broker.unique();
    const filters = [
      { topic: `${root}/a`, qos: 2 },
      { topic: forbidden, qos: 1 },
      { topic: `${root}/b`, qos: 0 },
      { topic: `${root}/+/c`, qos: 1 },
    ] as const;
    const { granted } = await client.subscribe(filters);
    expect(granted).toEqual([2, refused, 0, 1]);
    for (const code of granted) {
      expect(version === 5 ? subackCodes : new Set([0, 1, 2, 0x80])).toContain(code);
    }
    for (const name of ["a", "b", "x/c"]) {
      await client.publish(`${root}/${name}`, name);
      expect(await client.payloads(1)).toEqual([name]);
    }
  });

  test("[MQTT-3.8.4-8] [MQTT3-3.8.4-6] messages come with the lower of the published and the granted QoS", async () => {
    const client = await broker.connect(version);
    for (const granted of [0, 1, 2] as const) {
      const topic = broker.unique();
      await client.subscribe(topic, { qos: granted });
      for (const published of [0, 1, 2] as const) {
        await client.publish(topic, "x", { qos: published });
        expect(await client.receive()).toMatchObject({ qos: Math.min(granted, published) });
      }
    }
  });

  test("[MQTT-3.8.4-3] [MQTT3-3.8.4-3] the same filter again replaces the subscription", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    await client.subscribe(topic, { qos: 1 });
    await client.publish(topic, "x", { qos: 2 });
    expect(await client.receive()).toMatchObject({ qos: 1 });
    expect(await client.before(topic)).toEqual([]);
    await client.unsubscribe(topic);
    await client.publish(topic, "x", { qos: 1 });
    expect(await client.unasked()).toEqual([]);
  });

  test("[MQTT-3.8.4-4] [MQTT3-3.8.4-3] nothing is lost or doubled while a subscription is replaced", async () => {
    const publisher = await broker.connect(version);
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    const publishing = (async () => {
      for (let count = 0; count < 60; count += 1) {
        await publisher.publish(topic, String(count), { qos: 1 });
      }
    })();
    for (let time = 0; time < 20; time += 1) await client.subscribe(topic, { qos: 1 });
    await publishing;
    const expected = Array.from({ length: 60 }, (_, count) => String(count));
    expect(await client.payloads(60)).toEqual(expected);
    expect(await client.before(topic)).toEqual([]);
  });

  test("[MQTT-4.5.0-1] [MQTT3-4.5.0-1] nothing that is published after SUBACK is missed", async () => {
    const publisher = await broker.connect(version);
    const topic = broker.unique();
    let sent = 0;
    let isOver = false;
    const publishing = (async () => {
      for (; !isOver; sent += 1) await publisher.publish(topic, String(sent), { qos: 1 });
    })();
    const subscribers = [];
    for (const kept of [true, false, true, false]) {
      const client = await broker.connect(version, { kept });
      await client.subscribe(topic, { qos: 1 });
      subscribers.push({ client, missable: sent });
    }
    isOver = true;
    await publishing;
    for (const { client, missable } of subscribers) {
      const messages = await client.before(topic);
      const found = messages.map(({ payload }) => Number(payload)).filter(Number.isFinite);
      const first = found[0] ?? sent;
      // The one that was on its way when SUBACK came may be the last that is missed.
      expect(first).toBeLessThanOrEqual(missable + 1);
      expect(found).toEqual(Array.from({ length: sent - first }, (_, at) => first + at));
    }
  });

  test("[MQTT-3.3.4-2] [MQTT3-3.3.5-1] overlapping subscriptions bring the message with the highest of their QoS", async () => {
    const client = await broker.connect(version);
    const root = broker.unique();
    await client.subscribe([
      { topic: `${root}/#`, qos: 0 },
      { topic: `${root}/+`, qos: 2 },
      { topic: `${root}/a`, qos: 1 },
    ]);
    await client.publish(`${root}/a`, "x", { qos: 2 });
    expect(await client.receive()).toMatchObject({ qos: 2 });
    expect(await client.before(`${root}/a`)).toEqual([]);
  });

  test("[MQTT-3.10.4-1] [MQTT3-3.10.4-1] UNSUBSCRIBE ends only the filter that is the same, character by character", async () => {
    const client = await broker.connect(version);
    const root = broker.unique();
    await client.subscribe([`${root}/+`, `${root}/A`]);
    const others = [`${root}/a`, `${root}/#`, `${root}/+/`, `/${root}/+`, root, `${root}/B`];
    const answer = await client.unsubscribe(...others);
    expect(answer.granted).toEqual(version === 5 ? others.map(() => 0x11) : undefined);
    await client.publish(`${root}/a`, "still");
    expect(await client.payloads(1)).toEqual(["still"]);
    const last = await client.unsubscribe(`${root}/+`);
    expect(last.granted).toEqual(version === 5 ? [0] : undefined);
    await client.publish(`${root}/a`, "no more");
    await client.publish(`${root}/A`, "this one");
    expect(await client.payloads(1)).toEqual(["this one"]);
  });

  test("[MQTT-3.10.4-2] [MQTT3-3.10.4-2] after UNSUBSCRIBE nothing new is added, also while the client is away", async () => {
    const client = await broker.connect(version, { kept: true });
    const publisher = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.unsubscribe(topic);
    await publisher.publish(topic, "x", { qos: 1 });
    expect(await client.unasked()).toEqual([]);
    await client.drop();
    await publisher.publish(topic, "x", { qos: 1 });
    const again = await broker.connect(version, { kept: true, clientId: client.clientId });
    expect(await again.unasked()).toEqual([]);
  });

  test("[MQTT-3.10.4-3] [MQTT3-3.10.4-3] deliveries that had begun are completed after UNSUBSCRIBE", async () => {
    const client = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 2 });
    await client.publish(topic, "one", { qos: 1 });
    await client.publish(topic, "two", { qos: 2 });
    const one = await client.take("publish");
    const two = await client.take("publish");
    await client.unsubscribe(topic);
    await client.acknowledge(two);
    await client.drop();
    const again = await broker.connect(version, { kept: true, clientId: client.clientId });
    const repeated = await again.receive();
    expect(repeated).toMatchObject({ messageId: one.messageId, payload: Buffer.from("one") });
    expect(await again.unasked()).toEqual([]);
  });

  test("[MQTT-3.10.4-6] [MQTT3-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2] several filters in one UNSUBSCRIBE are each ended, and answered together, in order", async () => {
    const client = await broker.connect(version);
    const root = broker.unique();
    await client.subscribe([`${root}/a`, `${root}/b`, `${root}/c`]);
    const answer = await client.unsubscribe(`${root}/a`, `${root}/none`, `${root}/b`);
    expect(answer.granted).toEqual(version === 5 ? [0, 0x11, 0] : undefined);
    for (const name of ["a", "b", "c"]) await client.publish(`${root}/${name}`, name);
    expect(await client.payloads(1)).toEqual(["c"]);
  });

  test("[MQTT-3.12.4-1] [MQTT3-3.12.4-1] PINGREQ is answered", async () => {
    const client = await broker.connect(version);
    client.send({ cmd: "pingreq" });
    const { bytes } = await client.frame("pingresp");
    expect(bytes).toEqual(Buffer.from([0xd0, 0]));
  });
});

describe("what SUBSCRIBE of MQTT 5 adds", () => {
  test("[MQTT-3.3.4-3] [MQTT-3.3.4-4] one message bears the identifiers of all subscriptions that select it", async () => {
    const client = await broker.connect(5);
    const root = broker.unique();
    await client.subscribe(`${root}/#`, { identifier: 1 });
    await client.subscribe(`${root}/+`, { identifier: 268_435_455 });
    await client.subscribe(`${root}/a`);
    await client.subscribe(`${root}/b`, { identifier: 3 });
    await client.publish(`${root}/a`, "x");
    const message = await client.take("publish");
    const found = [message.properties?.subscriptionIdentifier ?? []].flat();
    expect(found.toSorted((a, b) => a - b)).toEqual([1, 268_435_455]);
    expect(await client.before(`${root}/a`)).toEqual([]);
  });

  test("[MQTT-3.3.4-3] retained messages, and messages that waited, bear it as well", async () => {
    const client = await broker.connect(5, { kept: true });
    const topic = broker.unique();
    await client.publish(topic, "kept", { qos: 1, retain: true });
    await client.subscribe(topic, { qos: 1, identifier: 77 });
    expect((await client.receive()).properties?.subscriptionIdentifier).toBe(77);
    await client.drop();
    const publisher = await broker.connect(5);
    await publisher.publish(topic, "waited", { qos: 1 });
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect((await again.receive()).properties?.subscriptionIdentifier).toBe(77);
  });

  test("[MQTT-3.3.4-3] a retained message bears that of the subscription that brings it", async () => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    await client.publish(`${topic}/a`, "kept", { qos: 1, retain: true });
    for (const [identifier, filter] of [`${topic}/#`, `${topic}/a`].entries()) {
      await client.subscribe(filter, { qos: 1, identifier: identifier + 1 });
      const found = await client.before(`${topic}/a`);
      expect(found.map((one) => one.properties?.subscriptionIdentifier)).toEqual([identifier + 1]);
    }
  });

  test("[MQTT-3.8.4-3] replacing a subscription replaces its identifier", async () => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { identifier: 1 });
    await client.subscribe(topic, { identifier: 2 });
    await client.publish(topic, "x");
    expect((await client.take("publish")).properties?.subscriptionIdentifier).toBe(2);
    await client.subscribe(topic);
    await client.publish(topic, "x");
    expect((await client.take("publish")).properties ?? {}).not.toHaveProperty(
      "subscriptionIdentifier",
    );
  });

  test.each([
    ["0", [0x0b, 0]],
    ["twice", [0x0b, 1, 0x0b, 2]],
  ])("a subscription identifier %s ends the connection", async (_, bytes) => {
    const client = await broker.connect(5);
    client.write(frame(0x82, [0, 1], properties(5, bytes), text(broker.unique()), [0]));
    expect(await client.ended()).toBe(0x82);
  });

  test("[MQTT-3.8.3-3] No Local: what a client published does not come back to it", async () => {
    const client = await broker.connect(5);
    const other = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1, nl: true });
    await other.subscribe(topic, { qos: 1 });
    await client.publish(topic, "own", { qos: 1 });
    await other.publish(topic, "foreign", { qos: 1 });
    expect(await client.payloads(1)).toEqual(["foreign"]);
    expect(await other.payloads(2)).toEqual(["own", "foreign"]);
    expect(await client.unasked()).toEqual([]);
  });

  test("[MQTT-3.8.3-4] No Local on a shared subscription ends the connection", async () => {
    const client = await broker.connect(5);
    const filter = text(`$share/g/${broker.unique()}`);
    client.write(frame(0x82, [0, 1], properties(5), filter, [0x04]));
    expect(await client.ended()).toBe(0x82);
  });

  test("[MQTT-3.8.3-5] retain handling 3 ends the connection", async () => {
    const client = await broker.connect(5);
    client.write(frame(0x82, [0, 1], properties(5), text(broker.unique()), [0x30]));
    expect([0x81, 0x82]).toContain(await client.ended());
  });
});
