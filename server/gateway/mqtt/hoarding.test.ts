import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connectPacket,
  connectPlain,
  connectService,
  openPlain,
  openSecure,
  startTestListeners,
  type TestListeners,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
beforeAll(async () => {
  at = await startTestListeners({ receiveMaximum: 10, device: { connections: 2 } });
});
afterAll(() => at.stop());

test("one device cannot take the places of all, and may still come again", async () => {
  const pump = await at.addDevice("pump-17");
  const clients = [
    await connectPlain(at, pump),
    await connectPlain(at, pump, 5, { clientId: "pump-17.2" }),
  ];
  const third = await openPlain(at);
  third.send(connectPacket(pump, 5, { clientId: "pump-17.3" }));

  expect(await third.ending()).toBe(0x89);
  expect(await at.refusal("too-many-connections", "pump-17 already has 2")).toMatchObject({
    claimedId: "pump-17",
    tenantId: at.tenantId,
  });
  clients.push(await connectPlain(at, pump, 5, { clientId: "pump-17.2" }));
  for (const client of clients) client.end();
});

const qos2 = (topic: string, messageId: number) => ({
  cmd: "publish" as const,
  topic,
  payload: "{}",
  qos: 2 as const,
  dup: false,
  retain: false,
  messageId,
});

test.each([4, 5] as const)(
  "answers to repeated publications do not pile up behind a pipeline that stands still, version %i",
  async (version) => {
    const peer = await at.addDevice(`pump-2${version}`);
    const topic = `qs/v1/d/pump-2${version}/up/telemetry`;
    const client = await connectPlain(at, peer, version);
    client.send(qos2(topic, 1));
    expect(await client.next()).toMatchObject({ cmd: "pubrec", messageId: 1 });
    at.ingest.automatic = false;
    client.send(qos2(topic, 2));
    const repeated = generate(qos2(topic, 1), { protocolVersion: version });
    const before = at.listeners.stats().publishesReceived;
    client.write(Buffer.concat(Array.from({ length: 500 }, () => repeated)));
    await sleep(200);

    expect(at.listeners.stats().publishesReceived - before).toBeLessThan(20);
    at.ingest.automatic = true;
    at.ingest.settle({ outcome: "stored" });
    for (let count = 0; count < 501; count += 1) {
      expect(await client.next()).toMatchObject({ cmd: "pubrec" });
    }
    client.end();
  },
);

test("PUBREL that is sent again and again asks the store once", async () => {
  const peer = await at.addDevice("pump-26");
  const client = await connectPlain(at, peer, 5, {
    properties: { sessionExpiryInterval: 60 },
  });
  client.send(qos2("qs/v1/d/pump-26/up/telemetry", 1));
  expect(await client.next()).toMatchObject({ cmd: "pubrec" });
  const pubrel = generate({ cmd: "pubrel", messageId: 1 }, { protocolVersion: 5 });
  const pingreq = Buffer.from([0xc0, 0]);
  client.write(Buffer.concat([...Array.from({ length: 100 }, () => pubrel), pingreq]));

  const answers = [await client.next(), await client.next()];
  expect(answers).toMatchObject([{ cmd: "pingresp" }, { cmd: "pubcomp", messageId: 1 }]);
  client.end();
});

test("an alias of what is no topic name stays refused when grants are judged again", async () => {
  const hub = at.addService("hub", [["#", "ps"]]);
  const client = await connectService(at, hub);
  const publish = (topic: string, messageId: number) =>
    client.send({ ...qos2(topic, messageId), qos: 1, properties: { topicAlias: 1 } });
  publish("a/#", 1);
  expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0x90 });
  at.listeners.recheck();
  await sleep(50);
  publish("", 2);

  expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0x90 });
  expect(at.ingest.relayed).toHaveLength(0);
  client.end();
});

test("requests are charged to the rate of messages: a flood of them is read slowly", async () => {
  const slow = await startTestListeners({ messagesPerSecond: 100 });
  const client = await connectPlain(slow, await slow.addDevice("pump-30"));
  client.write(Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from([0xc0, 0]))));
  await client.next();
  await slow.refusal("throttled");
  expect(slow.listeners.stats().throttled.connection).toBeGreaterThan(0);
  client.end();
  await slow.stop();
});

test("the store is asked to end only subscriptions that there are", async () => {
  const hub = at.addService("leaver", [["a/#", "s"]]);
  const client = await connectService(at, hub);
  client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a/b", qos: 0 }] });
  await client.next();
  const asked: (readonly string[])[] = [];
  const unsubscribe = at.store.unsubscribe.bind(at.store);
  at.store.unsubscribe = (handle, filters) => {
    asked.push(filters);
    return unsubscribe(handle, filters);
  };
  client.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["a/c", "a/b", "a/b"] });

  expect(await client.next()).toMatchObject({ cmd: "unsuback", granted: [0x11, 0, 0x11] });
  at.store.unsubscribe = unsubscribe;
  expect(asked).toEqual([["a/b"]]);
  client.end();
});

test("what is not retained, or could not be stored, is on the record", async () => {
  const hub = at.addService("teller", [["a/#", "p"]]);
  at.ingest.automatic = false;
  const publish = { ...qos2("a/b", 1), qos: 1 as const };
  const client = await connectService(at, hub);
  const old = await connectService(at, hub, 4, { clientId: "old" });
  client.send(publish);
  while (at.ingest.held.length < 1) await sleep(5);
  const notRetained = { outcome: "stored", notRetained: true } as const;
  const reasonString = expect.stringMatching(/^Stored and passed on, but not retained: /);
  at.ingest.held[0]?.origin.settle(at.ingest.held.pop()!, notRetained);
  const kept = { reasonCode: 0, properties: { reasonString } };
  expect(await client.next()).toMatchObject({ cmd: "puback", ...kept });
  await at.refusal("quota", "not retained");
  client.send(qos2("a/b", 2));
  while (at.ingest.held.length < 1) await sleep(5);
  at.ingest.held[0]?.origin.settle(at.ingest.held.pop()!, notRetained);
  expect(await client.next()).toMatchObject({ cmd: "pubrec", messageId: 2, ...kept });
  client.send({ cmd: "pubrel", messageId: 2 });
  expect(await client.next()).toMatchObject({ cmd: "pubcomp", messageId: 2 });
  old.send(publish);
  while (at.ingest.held.length < 1) await sleep(5);
  const rejected = { outcome: "rejected", reason: "unstorable", detail: "it is odd." } as const;
  at.ingest.held[0]?.origin.settle(at.ingest.held.pop()!, rejected);

  expect(await old.next()).toBe("closed");
  await at.refusal("internal", "it is odd.");
  at.ingest.automatic = true;
  client.end();
});

test.each(["mqtt", "mqtts"] as const)(
  "make room for others over %s, and those that are identified keep their places",
  async (transport) => {
    const small = await startTestListeners({ maxStrangers: 1 });
    const peer = await small.addDevice("pump-17");
    const open = () =>
      transport === "mqtt" ? openPlain(small, 5) : openSecure(small, peer, { version: 5 });
    const silent = await open();
    const device = await open();
    device.send(connectPacket(peer, 5));
    expect(await device.next()).toMatchObject({ cmd: "connack", reasonCode: 0 });

    await silent.untilClosed();
    expect(await small.refusal("too-many-connections")).toMatchObject({ remote: "127.0.0.1" });
    const late = await open();
    device.send({ cmd: "pingreq" });
    expect(await device.next()).toMatchObject({ cmd: "pingresp" });
    late.end();
    device.end();
    await small.stop();
  },
);
