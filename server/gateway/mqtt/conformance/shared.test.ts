import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import type { WireClient } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

/** Two members of a group that have read nothing yet, and someone who publishes. */
async function group(qos: 0 | 1 | 2, options: { readonly kept?: boolean } = {}) {
  const topic = broker.unique();
  const members: WireClient[] = [];
  for (let count = 1; count <= 2; count += 1) {
    const member = await broker.connect(5, options);
    await member.subscribe(`$share/g/${topic}`, { qos });
    members.push(member);
  }
  return { topic, members, publisher: await broker.connect(5) };
}

/** Whoever of the two got the message, it, and the other one, which got nothing. */
async function receiver(members: readonly WireClient[]) {
  const [one, two] = members as [WireClient, WireClient];
  await expect.poll(() => one.unread().length + two.unread().length).toBe(1);
  const member = one.unread().length === 1 ? one : two;
  const other = member === one ? two : one;
  expect(await other.unasked()).toEqual([]);
  return { member, other, message: await member.take("publish") };
}

describe("shared subscriptions", () => {
  test.each([
    "$share//a",
    "$share/",
    "$share/g",
    "$share/g/",
    "$share/g+/a",
    "$share/#/a",
    "$share/+/a",
    "$share/g/a#",
  ])("[MQTT-4.8.2-1] [MQTT-4.8.2-2] %s is refused", async (filter) => {
    const client = await broker.connect(5);
    expect(await client.subscribe(filter)).toMatchObject({ granted: [0x8f] });
  });

  test("[MQTT-4.8.2-1] each message goes to one member of each group, and to everybody else", async () => {
    const { topic, members, publisher } = await group(1);
    const single = await broker.connect(5);
    await single.subscribe(topic, { qos: 1 });
    const second = await broker.connect(5);
    await second.subscribe(`$share/other/${topic}`, { qos: 1 });
    for (let count = 0; count < 10; count += 1) {
      await publisher.publish(topic, String(count), { qos: 1 });
    }
    const expected = Array.from({ length: 10 }, (_, count) => String(count));
    expect(await single.payloads(10)).toEqual(expected);
    expect(await second.payloads(10)).toEqual(expected);
    await expect.poll(() => members.flatMap((one) => one.unread()).length).toBe(10);
    const found = members
      .flatMap((one) => one.unread())
      .map((one) => String("payload" in one && one.payload));
    expect(found.toSorted()).toEqual(expected);
    for (const member of members) expect(member.unread().length).toBeGreaterThan(0);
  });

  test("[MQTT-4.8.2-3] a member gets its messages with the QoS that it was granted", async () => {
    const topic = broker.unique();
    const publisher = await broker.connect(5);
    const low = await broker.connect(5);
    const high = await broker.connect(5);
    await low.subscribe(`$share/g/${topic}`, { qos: 0 });
    await high.subscribe(`$share/g/${topic}`, { qos: 1 });
    for (let count = 0; count < 6; count += 1) await publisher.publish(topic, "x", { qos: 2 });
    await expect.poll(() => low.unread().length + high.unread().length).toBe(6);
    for (const [client, qos] of [
      [low, 0],
      [high, 1],
    ] as const) {
      for (const packet of client.unread()) expect(packet).toMatchObject({ qos });
    }
  });

  test("[MQTT-4.8.2-4] a delivery of QoS 2 that broke off is completed when the member returns", async () => {
    const { topic, members, publisher } = await group(2, { kept: true });
    await publisher.publish(topic, "x", { qos: 2 });
    const { member, other, message } = await receiver(members);
    await member.drop();
    expect(await other.unasked()).toEqual([]);
    const again = await broker.connect(5, { kept: true, clientId: member.clientId });
    const repeated = await again.receive();
    expect(repeated).toMatchObject({ messageId: message.messageId, dup: true, qos: 2 });
    expect(await other.unasked()).toEqual([]);
  });

  test("[MQTT-4.8.2-5] nobody else gets a QoS 2 message whose member's session ended", async () => {
    const { topic, members, publisher } = await group(2);
    await publisher.publish(topic, "begun", { qos: 2 });
    const { member, other } = await receiver(members);
    await member.drop();
    await publisher.publish(topic, "next", { qos: 2 });
    expect(await other.payloads(1)).toEqual(["next"]);
    expect(await other.unasked()).toEqual([]);
  });

  test("[MQTT-4.8.2-6] [MQTT-4.4.0-2] nobody else gets a message that the member refused", async () => {
    for (const qos of [1, 2] as const) {
      const { topic, members, publisher } = await group(qos, { kept: true });
      await publisher.publish(topic, "refused", { qos });
      const { member, other, message } = await receiver(members);
      const cmd = qos === 1 ? "puback" : "pubrec";
      member.send({ cmd, messageId: message.messageId!, reasonCode: 0x83 });
      expect(await member.unasked()).toEqual([]);
      expect(await other.unasked()).toEqual([]);
      await member.drop();
      const again = await broker.connect(5, { kept: true, clientId: member.clientId });
      expect(await again.unasked()).toEqual([]);
      expect(await other.unasked()).toEqual([]);
    }
  });

  test("[MQTT-4.8.2-1] beside a subscription of its own a member gets both messages", async () => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    await client.subscribe([topic, `$share/g/${topic}`], { qos: 1 });
    await client.publish(topic, "both", { qos: 1 });
    expect(await client.payloads(2)).toEqual(["both", "both"]);
    await client.unsubscribe(`$share/g/${topic}`);
    await client.publish(topic, "own", { qos: 1 });
    expect(await client.payloads(1)).toEqual(["own"]);
    expect(await client.unasked()).toEqual([]);
  });

  test("a shared subscription gets no retained messages", async () => {
    const topic = broker.unique();
    const client = await broker.connect(5);
    await client.publish(topic, "kept", { qos: 1, retain: true });
    await client.subscribe(`$share/g/${topic}`, { qos: 1 });
    expect(await client.before(topic)).toEqual([]);
  });
});
