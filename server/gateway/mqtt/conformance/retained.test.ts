import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import type { Version } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

/** What a new subscriber gets at once; `topic` is one that the filter selects. */
async function retainedOn(
  version: Version,
  filter: string,
  topic = filter,
): Promise<readonly string[]> {
  const client = await broker.connect(version);
  await client.subscribe(filter, { qos: 2 });
  const found = await client.before(topic);
  await client.leave();
  for (const { retain } of found) expect(retain).toBe(true);
  return found.map(({ payload }) => String(payload));
}

describe.each([5, 4] as const)("retained messages at protocol level %i", (version) => {
  test.each([0, 1, 2] as const)(
    "[MQTT-3.3.1-5] [MQTT3-3.3.1-5] [MQTT3-3.3.1-6] [MQTT3-3.3.1-8] of QoS %i are kept with their QoS, the last of each topic",
    async (qos) => {
      const publisher = await broker.connect(version);
      const topic = broker.unique();
      await publisher.publish(topic, "old", { qos, retain: true });
      await publisher.publish(topic, "new", { qos, retain: true });
      // QoS 0 is not acknowledged; what comes after it is, once both are kept.
      await publisher.publish(broker.unique(), "after", { qos: 1 });
      const client = await broker.connect(version);
      await client.subscribe(topic, { qos: 2 });
      const message = await client.receive();
      expect(message).toMatchObject({ payload: Buffer.from("new"), qos, retain: true, dup: false });
      expect(await client.before(topic)).toEqual([]);
    },
  );

  test("[MQTT3-3.3.1-7] one of QoS 0 takes the place of one of QoS 2", async () => {
    const publisher = await broker.connect(version);
    const topic = broker.unique();
    await publisher.publish(topic, "old", { qos: 2, retain: true });
    await publisher.publish(topic, "new", { qos: 0, retain: true });
    await publisher.publish(broker.unique(), "after", { qos: 1 });
    expect(await retainedOn(version, topic)).toEqual(["new"]);
  });

  test("[MQTT-3.3.1-6] [MQTT3-3.3.1-10] [MQTT-3.3.1-7] [MQTT3-3.3.1-11] an empty one is passed on, removes what was kept and is not kept", async () => {
    const publisher = await broker.connect(version);
    const subscriber = await broker.connect(version);
    const topic = broker.unique();
    await subscriber.subscribe(topic, { qos: 1 });
    await publisher.publish(topic, "kept", { qos: 1, retain: true });
    expect(await retainedOn(version, topic)).toEqual(["kept"]);
    await publisher.publish(topic, "", { qos: 1, retain: true });
    const seen = await subscriber.payloads(3);
    expect(seen.filter((payload) => !payload.startsWith("end"))).toEqual(["kept", ""]);
    expect(await retainedOn(version, topic)).toEqual([]);
  });

  test("[MQTT-3.3.1-8] [MQTT3-3.3.1-12] without retain nothing is kept, replaced or removed", async () => {
    const publisher = await broker.connect(version);
    const topic = broker.unique();
    await publisher.publish(topic, "ordinary", { qos: 1 });
    expect(await retainedOn(version, topic)).toEqual([]);
    await publisher.publish(topic, "kept", { qos: 1, retain: true });
    await publisher.publish(topic, "ordinary", { qos: 1 });
    await publisher.publish(topic, "", { qos: 1 });
    expect(await retainedOn(version, topic)).toEqual(["kept"]);
  });

  test("[MQTT-3.3.1-9] [MQTT3-3.3.1-6] all topics that a filter selects are sent, and no other", async () => {
    const publisher = await broker.connect(version);
    const root = broker.unique();
    for (const name of ["a", "a/b", "a/b/c", "d/b"]) {
      await publisher.publish(`${root}/${name}`, name, { qos: 1, retain: true });
    }
    const all = await retainedOn(version, `${root}/#`, `${root}/z`);
    expect(all.toSorted()).toEqual(["a", "a/b", "a/b/c", "d/b"]);
    const some = await retainedOn(version, `${root}/+/b`, `${root}/z/b`);
    expect(some.toSorted()).toEqual(["a/b", "d/b"]);
  });

  test("[MQTT3-3.3.1-9] [MQTT-3.3.1-12] an established subscription sees them without the flag", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.publish(topic, "x", { qos: 1, retain: true });
    expect(await client.receive()).toMatchObject({ retain: false });
  });

  test("[MQTT-3.8.4-4] [MQTT3-3.8.4-3] the same subscription again sends them again", async () => {
    const client = await broker.connect(version);
    const topic = broker.unique();
    await client.publish(topic, "kept", { qos: 1, retain: true });
    for (let time = 1; time <= 2; time += 1) {
      await client.subscribe(topic, { qos: 1 });
      expect(await client.receive()).toMatchObject({ retain: true });
    }
    expect(await client.unasked()).toEqual([]);
  });
});

describe("retained messages and the options of MQTT 5", () => {
  test.each([
    ["[MQTT-3.3.1-9] 0 sends them each time", 0, 1, 1],
    ["[MQTT-3.3.1-10] 1 sends them to a new subscription only", 1, 1, 0],
    ["[MQTT-3.3.1-11] 2 never sends them", 2, 0, 0],
  ] as const)("retain handling %s", async (_, rh, first, second) => {
    const client = await broker.connect(5);
    const topic = broker.unique();
    await client.publish(topic, "kept", { qos: 1, retain: true });
    for (const expected of [first, second]) {
      await client.subscribe(topic, { qos: 1, rh });
      expect(await client.before(topic)).toHaveLength(expected);
    }
    await client.unsubscribe(topic);
    await client.subscribe(topic, { qos: 1, rh });
    expect(await client.before(topic)).toHaveLength(first);
  });

  test("[MQTT-3.3.1-10] a subscription of a kept session is not new", async () => {
    const client = await broker.connect(5, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1 });
    await client.publish(topic, "kept", { qos: 1, retain: true });
    await client.receive();
    await client.leave();
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    await again.subscribe(topic, { qos: 1, rh: 1 });
    expect(await again.before(topic)).toEqual([]);
  });

  test("[MQTT-3.3.1-12] [MQTT-3.3.1-13] retain is as published only for those who asked for it", async () => {
    const client = await broker.connect(5);
    const asking = broker.unique();
    const other = broker.unique();
    await client.subscribe(asking, { qos: 1, rap: true });
    await client.subscribe(other, { qos: 1, rap: false });
    for (const retain of [true, false]) {
      for (const topic of [asking, other]) {
        await client.publish(topic, "x", { qos: 1, retain });
        expect(await client.receive()).toMatchObject({ topic, retain: retain && topic === asking });
      }
    }
  });

  test("[MQTT-3.3.1-13] also for messages that waited", async () => {
    const client = await broker.connect(5, { kept: true });
    const topic = broker.unique();
    await client.subscribe(topic, { qos: 1, rap: true });
    await client.drop();
    const publisher = await broker.connect(5);
    await publisher.publish(topic, "x", { qos: 1, retain: true });
    const again = await broker.connect(5, { kept: true, clientId: client.clientId });
    expect(await again.receive()).toMatchObject({ retain: true });
  });
});
