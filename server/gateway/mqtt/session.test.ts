import type { IConnectPacket } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionKey } from "#server/broker/publication.ts";
import {
  connectPlain,
  connectService,
  openPlain,
  serviceConnectPacket,
  startTestListeners,
  type RawClient,
  type TestListeners,
  type TestService,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let hub: TestService;
beforeAll(async () => {
  at = await startTestListeners({ device: { connectsPerMinute: 1_000 } });
  hub = at.addService("hub", [
    ["#", "ps"],
    ["$SYS/#", "s"],
  ]);
});
afterAll(() => at.stop());

const lasting: Partial<IConnectPacket> = {
  clean: false,
  properties: { sessionExpiryInterval: 600 },
};

async function subscribe(client: RawClient, topic: string, qos: 0 | 1 | 2 = 1): Promise<void> {
  client.send({ cmd: "subscribe", messageId: 5, subscriptions: [{ topic, qos }] });
  expect(await client.next()).toMatchObject({ cmd: "suback", granted: [qos] });
}

function keyOf(clientId: string): string {
  return sessionKey({ kind: "service", serviceClientId: hub.principal.serviceClientId }, clientId);
}

async function publish(client: RawClient, topic: string, more: object = {}): Promise<void> {
  const packet = {
    topic,
    payload: topic,
    qos: 1 as const,
    messageId: 9,
    dup: false,
    retain: false,
  };
  client.send({ cmd: "publish", ...packet, ...more });
  expect(await client.next()).toMatchObject({ cmd: "puback" });
}

describe("$SYS", () => {
  test("comes at once as retained messages, to those who were granted it alone", async () => {
    const client = await connectService(at, hub, 5, { clientId: "sys" });
    await subscribe(client, "$SYS/broker/version", 0);
    expect(await client.next()).toMatchObject({
      cmd: "publish",
      topic: "$SYS/broker/version",
      retain: true,
      qos: 0,
    });
    const other = await connectService(at, at.addService("plain", [["#", "s"]]));
    other.send({
      cmd: "subscribe",
      messageId: 6,
      subscriptions: [{ topic: "$SYS/#", qos: 0 }],
    });
    expect(await other.next()).toMatchObject({ cmd: "suback", granted: [0x87] });
    client.end();
    other.end();
  });
});

describe("a will with a delay", () => {
  const will = {
    topic: "state/x",
    payload: Buffer.from("gone"),
    qos: 1 as const,
    retain: false,
    properties: { willDelayInterval: 30 },
  };

  test("is left to the store when the session goes on without its client [MQTT-3.1.3-9]", async () => {
    const client = await connectService(at, hub, 5, { clientId: "delayed", ...lasting, will });
    client.end();
    await expect.poll(() => at.store.inspect(keyOf("delayed"))?.willDueAt).toBeDefined();
    expect(at.ingest.relayed.some(({ publication }) => publication.topic === "state/x")).toBe(
      false,
    );
    const again = await connectService(at, hub, 5, { clientId: "delayed", ...lasting });
    expect(at.store.inspect(keyOf("delayed"))).toMatchObject({ will: undefined });
    again.end();
  });

  test("is published at the end of a session that ends with its connection", async () => {
    const client = await connectService(at, hub, 5, { clientId: "brief", will });
    client.end();
    await expect
      .poll(() => at.ingest.relayed.filter(({ publication }) => publication.topic === "state/x"))
      .toHaveLength(1);
  });
});

describe("a session that is kept", () => {
  test("brings what was published while the client was away, after CONNACK, in order", async () => {
    const reader = await connectService(at, hub, 5, { clientId: "kept", ...lasting });
    await subscribe(reader, "kept/+");
    reader.end();
    await reader.untilClosed();
    const sender = await connectService(at, hub, 5, { clientId: "sender" });
    for (const name of ["a", "b", "c"]) await publish(sender, `kept/${name}`);
    const back = await openPlain(at, 5);
    back.send(serviceConnectPacket(hub, 5, { clientId: "kept", ...lasting }));
    expect(await back.next()).toMatchObject({ cmd: "connack", sessionPresent: true });
    for (const name of ["a", "b", "c"]) {
      expect(await back.next()).toMatchObject({ topic: `kept/${name}`, dup: false });
    }
    back.end();
    await back.untilClosed();
    const again = await connectService(at, hub, 5, { clientId: "kept", ...lasting });
    for (const name of ["a", "b", "c"]) {
      expect(await again.next()).toMatchObject({ topic: `kept/${name}`, dup: true });
    }
    again.end();
    sender.end();
  });

  test("a longer one than the limit is granted the limit, and told so", async () => {
    const client = await openPlain(at, 5);
    client.send(
      serviceConnectPacket(hub, 5, {
        clientId: "long",
        properties: { sessionExpiryInterval: 0xffff_ffff },
      }),
    );
    expect(await client.next()).toMatchObject({
      properties: { sessionExpiryInterval: 86_400 },
    });
    client.end();
  });

  test("of a peer that has gone before CONNACK does not stay open", async () => {
    const client = await openPlain(at, 5);
    client.send(serviceConnectPacket(hub, 5, { clientId: "dead", ...lasting }));
    client.end();
    await expect.poll(() => at.listeners.stats()).toMatchObject({ connections: 0, sessions: 0 });
    expect(at.store.inspect(keyOf("dead"))?.workerId).toBeUndefined();
  });
});

describe("a slow subscriber", () => {
  test("slows neither the publisher nor another subscriber; its QoS 0 is dropped and counted", async () => {
    const slow = await connectService(at, hub, 5, { clientId: "slow" });
    const quick = await connectService(at, hub, 5, { clientId: "quick" });
    for (const client of [slow, quick]) await subscribe(client, "load/+", 0);
    slow.socket.pause();
    const sender = await connectService(at, hub, 5, { clientId: "loader" });
    const payload = Buffer.alloc(200_000);
    for (let round = 0; round < 100; round += 1) {
      await publish(sender, "load/x", { payload });
      expect(await quick.next()).toMatchObject({ topic: "load/x" });
    }
    expect(at.listeners.stats().dropped.slow).toBeGreaterThan(0);
    for (const client of [slow, quick, sender]) client.end();
  });

  test("many of them together take no more memory than the worker has for all", async () => {
    const small = await startTestListeners({ outboundBytes: 1_000_000 });
    const service = small.addService("hub-2", [["#", "ps"]]);
    const names = Array.from({ length: 6 }, (_, index) => `slow-${index}`);
    const slow = await Promise.all(
      names.map((clientId) => connectService(small, service, 5, { clientId })),
    );
    for (const client of slow) {
      await subscribe(client, "load/+", 1);
      client.socket.pause();
    }
    const sender = await connectService(small, service, 5, { clientId: "loader" });
    const payload = Buffer.alloc(200_000);
    for (let round = 0; round < 100; round += 1) await publish(sender, "load/x", { payload });
    const { dropped, outboundBytes } = small.listeners.stats();
    expect(dropped.memory).toBeGreaterThan(0);
    expect(outboundBytes).toBeLessThan(6 * 500_000);
    for (const client of [...slow, sender]) client.end();
    await expect.poll(() => small.listeners.stats().outboundBytes).toBe(0);
    await small.stop();
  });
});

describe("a rate", () => {
  test("that is exceeded slows the client and loses nothing", async () => {
    const small = await startTestListeners({ messagesPerSecond: 10 });
    const pump = await small.addDevice("pump-17");
    const client = await connectPlain(small, pump);
    const from = Date.now();
    for (let messageId = 1; messageId <= 30; messageId += 1) {
      client.send({
        cmd: "publish",
        topic: "qs/v1/d/pump-17/up/telemetry",
        payload: "{}",
        qos: 1,
        messageId,
        dup: false,
        retain: false,
      });
      await client.next();
    }
    expect(Date.now() - from).toBeGreaterThan(700);
    expect(small.ingest.accepted).toHaveLength(30);
    expect(small.listeners.stats().throttled.connection).toBeGreaterThan(0);
    expect((await small.refusal("throttled")).detail).toContain("the connection allows");
    client.end();
    await small.stop();
  });

  test("of connects is answered with 0x9F and a hint", async () => {
    const small = await startTestListeners({ device: { connectsPerMinute: 1 } });
    const pump = await small.addDevice("pump-17");
    (await connectPlain(small, pump)).end();
    await expect(connectPlain(small, pump)).rejects.toThrow(/159.*retry-after-ms/);
    await small.stop();
  });
});
