import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  connectPlain,
  startTestListeners,
  type RawClient,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let pump: TestPeer;
const down = "qs/v1/d/pump-17/dn/";

beforeAll(async () => {
  at = await startTestListeners({ maxSubscriptions: 3, maxDownlinkInflight: 2 });
  pump = await at.addDevice("pump-17");
});
afterAll(() => at.stop());
beforeEach(() => {
  at.refused.length = 0;
});

async function subscribe(client: RawClient, topic: string, qos: 0 | 1 | 2 = 1) {
  client.send({ cmd: "subscribe", messageId: 5, subscriptions: [{ topic, qos }] });
  return client.next();
}

const command = (qos: 0 | 1, topic = `${down}command/start/1`) => ({
  topic,
  payload: Buffer.from("go"),
  qos,
});

describe.each([4, 5] as const)("SUBSCRIBE at protocol level %i", (version) => {
  test("is answered filter by filter, in order [MQTT-3.9.3-1]", async () => {
    const client = await connectPlain(at, pump, version);
    client.send({
      cmd: "subscribe",
      messageId: 5,
      subscriptions: [
        { topic: `${down}#`, qos: 2 },
        { topic: "qs/v1/d/pump-18/dn/#", qos: 1 },
        { topic: "$share/g/x", qos: 1 },
        { topic: "a/#/b", qos: 1 },
        { topic: `${down}twin`, qos: 0 },
      ],
    });
    expect(await client.next()).toMatchObject({
      cmd: "suback",
      messageId: 5,
      granted: version === 5 ? [2, 0x87, 0x87, 0x8f, 0] : [2, 0x80, 0x80, 0x80, 0],
    });
    await at.refusal("subscribe-not-allowed", "$share/g/x");
    client.end();
  });

  test("is not acknowledged before retained messages were read: what follows comes once", async () => {
    const client = await connectPlain(at, pump, version);
    const reading = Promise.withResolvers<void>();
    const read = at.store.retained.bind(at.store);
    const store = at.store as { retained: typeof read };
    store.retained = async (...query) => {
      await reading.promise;
      return read(...query);
    };
    const answer = subscribe(client, `${down}#`);
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 50))]);
    reading.resolve();
    store.retained = read;

    expect(first).toBeUndefined();
    expect(await answer).toMatchObject({ cmd: "suback" });
    client.end();
  });

  test("beyond the limit is refused", async () => {
    const client = await connectPlain(at, pump, version);
    for (const name of ["a", "b", "c"]) await subscribe(client, down + name);
    expect(await subscribe(client, `${down}d`)).toMatchObject({
      granted: [version === 5 ? 0x97 : 0x80],
    });
    expect(await subscribe(client, `${down}a`)).toMatchObject({ granted: [1] });
    client.end();
  });

  test("65 535 filters in one packet cost an answer and nothing else", async () => {
    const client = await connectPlain(at, pump, version);
    client.send({
      cmd: "subscribe",
      messageId: 5,
      subscriptions: Array.from({ length: 65_535 }, () => ({ topic: "#", qos: 0 as const })),
    });
    const answer = await client.next();
    expect(answer === "closed" || answer.cmd === "disconnect" || answer.cmd === "suback").toBe(
      true,
    );
    client.end();
  });

  test("what was subscribed is delivered, with the smaller QoS, and PUBACK frees the window", async () => {
    const client = await connectPlain(at, pump, version);
    const key = pump.device.deviceKey;
    expect(at.listeners.deliver(key, command(1))).toBe("no-subscription");
    await subscribe(client, `${down}command/+/+`, 1);
    for (const qos of [1, 0, 1, 1] as const) {
      expect(at.listeners.deliver(key, command(qos))).toBe("queued");
    }
    const got = [await client.next(), await client.next(), await client.next()];
    expect(got.map((packet) => (packet as { qos: number }).qos)).toEqual([1, 0, 1]);
    const ids = got.flatMap((packet) => (packet as { messageId?: number }).messageId ?? []);
    expect(new Set(ids).size).toBe(2);
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    client.send({ cmd: "puback", messageId: ids[0]!, reasonCode: 0 });
    expect(await client.next()).toMatchObject({ cmd: "publish", qos: 1 });
    client.end();
  });

  test("UNSUBSCRIBE ends it and says what there was", async () => {
    const client = await connectPlain(at, pump, version);
    await subscribe(client, `${down}#`);
    client.send({ cmd: "unsubscribe", messageId: 6, unsubscriptions: [`${down}#`, "nothing"] });
    const answer = await client.next();
    expect(answer).toMatchObject({ cmd: "unsuback", messageId: 6 });
    expect((answer as { granted?: number[] }).granted ?? "none").toEqual(
      version === 5 ? [0, 0x11] : "none",
    );
    expect(at.listeners.deliver(pump.device.deviceKey, command(1))).toBe("no-subscription");
    client.end();
  });

  test.each([
    ["no filter [MQTT-3.8.3-2]", version === 5 ? "8203000500" : "82020005", 0x82],
    ["packet identifier 0", version === 5 ? "820700000000016100" : "8206000000016100", 0x82],
    ["reserved header bits [MQTT-3.8.1-1]", "80020005", 0x81],
  ])("with %s ends the connection", async (_, hex, code) => {
    const client = await connectPlain(at, pump, version);
    client.write(Buffer.from(hex, "hex"));
    expect(await client.ending()).toBe(version === 5 ? code : "closed");
  });
});

test("a subscription identifier comes with what it selected", async () => {
  const client = await connectPlain(at, pump, 5);
  client.send({
    cmd: "subscribe",
    messageId: 5,
    subscriptions: [{ topic: `${down}#`, qos: 1 }],
    properties: { subscriptionIdentifier: 3 },
  });
  expect(await client.next()).toMatchObject({ cmd: "suback" });
  at.listeners.deliver(pump.device.deviceKey, command(1));
  expect(await client.next()).toMatchObject({ properties: { subscriptionIdentifier: 3 } });
  client.end();
});

test("UNSUBSCRIBE on a connection that lost its session is not answered, and ends it", async () => {
  const client = await connectPlain(at, pump, 5);
  await subscribe(client, `${down}#`);
  const store = { ...at.store };
  Object.assign(at.store, { unsubscribe: async () => undefined });

  client.send({ cmd: "unsubscribe", messageId: 6, unsubscriptions: [`${down}#`] });

  expect(await client.ending()).toBe(0x8e);
  Object.assign(at.store, store);
});

test("nothing larger than the client takes is sent [MQTT-3.1.2-24]", async () => {
  const client = await connectPlain(at, pump, 5, { properties: { maximumPacketSize: 60 } });
  await subscribe(client, `${down}#`);
  const big = { ...command(1), payload: Buffer.alloc(100) };
  at.listeners.deliver(pump.device.deviceKey, big);
  at.listeners.deliver(pump.device.deviceKey, command(1));
  const got = await client.next();
  expect(String((got as { payload: Buffer }).payload)).toBe("go");
  expect(at.listeners.stats().dropped["too-large"]).toBe(1);
  client.end();
});
