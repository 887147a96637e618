import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  connectPlain,
  startTestListeners,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let pump: TestPeer;
const up = "qs/v1/d/pump-17/up/telemetry";

const publish = (messageId: number, more: object = {}) => ({
  cmd: "publish" as const,
  topic: up,
  payload: `{"t":${messageId}}`,
  qos: 1 as const,
  dup: false,
  retain: false,
  messageId,
  ...more,
});

beforeAll(async () => {
  at = await startTestListeners({ receiveMaximum: 10, maxPacketBytes: 4_096 });
  pump = await at.addDevice("pump-17");
});
afterAll(() => at.stop());
beforeEach(() => {
  at.ingest.automatic = true;
  at.ingest.room = true;
  at.ingest.accepted.length = 0;
  at.ingest.held.length = 0;
  at.refused.length = 0;
});

describe.each([4, 5] as const)("PUBLISH at protocol level %i", (version) => {
  test("reaches the pipeline with the device, its channel and its bytes", async () => {
    const client = await connectPlain(at, pump, version);
    client.send(publish(7));
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 7 });
    expect(at.ingest.accepted[0]).toMatchObject({
      device: { deviceId: "pump-17" },
      topic: up,
      channel: "telemetry",
      qos: 1,
      transport: "mqtt",
      packetId: 7,
    });
    expect(at.ingest.accepted[0]?.payload.toString()).toBe('{"t":7}');
    client.end();
  });

  test("with a longer remaining length than needed ends MQTT 5 [MQTT-1.5.5-1]", async () => {
    const client = await connectPlain(at, pump, version);
    const body = Buffer.concat([
      Buffer.from([0, up.length]),
      Buffer.from(up),
      Buffer.from(version === 5 ? [0] : []),
      Buffer.from("{}"),
    ]);
    client.write(Buffer.concat([Buffer.from([0x30, body.length | 0x80, 0]), body]));
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject(
      version === 5 ? { cmd: "disconnect", reasonCode: 0x81 } : { cmd: "pingresp" },
    );
    client.end();
  });

  test("is acknowledged only after its settlement, in the order of receipt", async () => {
    const client = await connectPlain(at, pump, version);
    at.ingest.automatic = false;
    for (let id = 1; id <= 5; id += 1) client.send(publish(id));
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    at.ingest.settle({ outcome: "stored" }, 2);
    at.ingest.settle({ outcome: "duplicate" });
    for (let id = 1; id <= 5; id += 1) {
      expect(await client.next()).toMatchObject({ cmd: "puback", messageId: id });
    }
    client.end();
  });

  test("of QoS 0 is taken and not answered", async () => {
    const client = await connectPlain(at, pump, version);
    client.send({ ...publish(0), qos: 0 });
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    expect(at.ingest.accepted[0]).toMatchObject({ qos: 0, packetId: 0 });
    client.end();
  });

  test("is not read while the pipeline is full, and read when there is room", async () => {
    const client = await connectPlain(at, pump, version);
    at.ingest.room = false;
    client.send(publish(1));
    client.send(publish(2));
    expect(await client.next()).toMatchObject({ messageId: 1 });
    expect(at.ingest.accepted).toHaveLength(1);
    expect(at.listeners.stats().waitingForRoom).toBe(1);
    at.ingest.makeRoom();
    expect(await client.next()).toMatchObject({ messageId: 2 });
    client.end();
  });

  test("that is larger than the limit ends the connection before its body is read", async () => {
    const client = await connectPlain(at, pump, version);
    // Fixed header of a PUBLISH of 200 kB, no body.
    client.write(Buffer.from([0x32, 0xc0, 0x9a, 0x0c]));
    expect(await client.ending()).toBe(version === 5 ? 0x95 : "closed");
    expect(await at.refusal("packet-too-large")).toMatchObject({ claimedId: "pump-17" });
  });

  test("of QoS 2 goes to the pipeline once, however often it comes before PUBREL", async () => {
    const client = await connectPlain(at, pump, version);
    for (let copy = 0; copy < 3; copy += 1) {
      client.send(publish(1, { qos: 2, dup: copy > 0 }));
      expect(await client.next()).toMatchObject({ cmd: "pubrec", messageId: 1 });
    }
    expect(at.ingest.accepted).toHaveLength(1);
    client.send({ cmd: "pubrel", messageId: 1, reasonCode: 0 });
    expect(await client.next()).toMatchObject({ cmd: "pubcomp", messageId: 1 });
    client.send(publish(1, { qos: 2 }));
    expect(await client.next()).toMatchObject({ cmd: "pubrec", messageId: 1 });
    expect(at.ingest.accepted).toHaveLength(2);
    client.end();
  });

  test("of QoS 2 in a kept session: PUBCOMP waits for the identifier to be free in the store", async () => {
    const client = await connectPlain(at, pump, version, {
      clean: false,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    });
    const forget = at.store.forgetInbound.bind(at.store);
    const store = at.store as { forgetInbound: typeof forget };
    const committed = Promise.withResolvers<void>();
    store.forgetInbound = async (...call) => {
      await committed.promise;
      return forget(...call);
    };
    client.send(publish(1, { qos: 2 }));
    expect(await client.next()).toMatchObject({ cmd: "pubrec", messageId: 1 });
    client.send({ cmd: "pubrel", messageId: 1, reasonCode: 0 });
    const answer = client.next();
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 50))]);
    committed.resolve();
    store.forgetInbound = forget;

    expect(early).toBeUndefined();
    expect(await answer).toMatchObject({ cmd: "pubcomp", messageId: 1 });
    client.end();
  });

  test("of QoS 2 that is settled late is answered once, and in order with QoS 1", async () => {
    const client = await connectPlain(at, pump, version);
    at.ingest.automatic = false;
    client.send(publish(1, { qos: 2 }));
    client.send(publish(2));
    client.send(publish(1, { qos: 2, dup: true }));
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    at.ingest.settle({ outcome: "stored" });
    expect(await client.next()).toMatchObject({ cmd: "pubrec", messageId: 1 });
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 2 });
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    client.end();
  });

  test("of QoS 0 is given up when there is no room, and counted", async () => {
    const client = await connectPlain(at, pump, version);
    at.ingest.room = false;
    at.ingest.shedded.length = 0;
    client.send(publish(0, { qos: 0, messageId: undefined }));
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    expect(at.ingest.shedded).toHaveLength(1);
    expect(at.ingest.accepted).toHaveLength(0);
    at.ingest.makeRoom();
    client.end();
  });

  const bodies: [string, number[]][] = [
    ["both QoS bits", [0x36, 3, 0, 1, 0x61]],
    ["a duplicate of QoS 0", [0x38, 3, 0, 1, 0x61]],
    ["no topic length", [0x32, 1, 0]],
    ["a topic beyond the packet", [0x32, 3, 0, 9, 0x61]],
    ["no packet identifier", [0x32, 3, 0, 1, 0x61]],
    ["packet identifier 0", [0x32, 6, 0, 1, 0x61, 0, 0, 0]],
    ["a topic that is not UTF-8", [0x30, 4, 0, 1, 0xff, 0]],
    ["five length bytes", [0x32, 0xff, 0xff, 0xff, 0xff, 1]],
  ];
  test.each(bodies)("with %s is malformed", async (_, bytes) => {
    const client = await connectPlain(at, pump, version);
    client.write(Buffer.from(bytes));
    expect(await client.ending()).toBe(version === 5 ? 0x81 : "closed");
    expect(at.ingest.accepted).toHaveLength(0);
  });

  test("is whole however the bytes arrive", async () => {
    const client = await connectPlain(at, pump, version);
    const { generate } = await import("mqtt-packet");
    const one = generate(publish(1), { protocolVersion: version });
    const both = Buffer.concat([one, generate(publish(2), { protocolVersion: version })]);
    for (const byte of both) {
      client.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.next()).toMatchObject({ messageId: 1 });
    expect(await client.next()).toMatchObject({ messageId: 2 });
    client.end();
  });
});

describe("PUBLISH elsewhere", () => {
  test("is refused in its PUBACK, in its turn, and the connection goes on", async () => {
    const client = await connectPlain(at, pump, 5);
    at.ingest.automatic = false;
    client.send(publish(1));
    client.send(publish(2, { topic: "qs/v1/d/pump-18/up/telemetry" }));
    client.send(publish(3, { topic: "qs/v1/d/pump-17/up/a+b" }));
    client.send(publish(4));
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    at.ingest.settle({ outcome: "stored" });
    expect(await client.next()).toMatchObject({ messageId: 1, reasonCode: 0 });
    expect(await client.next()).toMatchObject({ messageId: 2, reasonCode: 0x87 });
    expect(await client.next()).toMatchObject({ messageId: 3, reasonCode: 0x90 });
    expect(await client.next()).toMatchObject({ messageId: 4, reasonCode: 0 });
    expect(at.ingest.accepted.map(({ packetId }) => packetId)).toEqual([1, 4]);
    expect(await at.refusal("publish-not-allowed")).toMatchObject({ claimedId: "pump-17" });
    client.end();
  });

  test("ends a 3.1.1 connection, which cannot be told", async () => {
    const client = await connectPlain(at, pump, 4);
    client.send(publish(2, { topic: "$SYS/broker" }));
    expect(await client.next()).toBe("closed");
    expect((await at.refusal("publish-not-allowed")).detail).toContain("$SYS/broker");
  });

  test("with QoS 0 ends a connection of MQTT 5 with the reason", async () => {
    const client = await connectPlain(at, pump, 5);
    client.send(publish(0, { qos: 0, topic: "qs/v1/d/pump-17/dn/command" }));
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x87 });
  });
});

describe("what MQTT 5 adds", () => {
  test("user properties and content type reach the pipeline", async () => {
    const client = await connectPlain(at, pump, 5);
    client.send(
      publish(1, {
        properties: {
          contentType: "application/json",
          userProperties: { id: "m1", ts: "1732270000123", seq: ["41", "42"], __proto__x: "y" },
        },
      }),
    );
    expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0 });
    expect(at.ingest.accepted[0]).toMatchObject({
      id: "m1",
      ts: 1732270000123,
      seq: "41",
      contentType: "application/json",
    });
    expect(at.ingest.accepted[0]?.payload.toString()).toBe('{"t":1}');
    client.end();
  });

  test("a time that is no number is handed on as such, for the pipeline to refuse", async () => {
    const client = await connectPlain(at, pump, 5);
    client.send(publish(1, { properties: { userProperties: { ts: " " } } }));
    await client.next();
    expect(at.ingest.accepted[0]?.ts).toBeNaN();
    client.end();
  });

  test("a dead letter is told in the PUBACK", async () => {
    const client = await connectPlain(at, pump, 5);
    at.ingest.automatic = false;
    client.send(publish(1));
    client.send({ cmd: "pingreq" });
    await client.next();
    at.ingest.settle({ outcome: "dead_lettered", reason: "not-json", detail: "at byte 3" });
    expect(await client.next()).toMatchObject({
      cmd: "puback",
      reasonCode: 0x99,
      properties: { reasonString: "not-json: at byte 3" },
    });
    client.end();
  });

  test("no reason string for those who asked for none [MQTT-3.1.2-29]", async () => {
    const client = await connectPlain(at, pump, 5, {
      properties: { requestProblemInformation: false },
    });
    at.ingest.automatic = false;
    client.send(publish(1));
    client.send({ cmd: "pingreq" });
    await client.next();
    at.ingest.settle({ outcome: "dead_lettered", reason: "not-json", detail: "at byte 3" });
    const answer = await client.next();
    expect(answer).toMatchObject({ reasonCode: 0x99 });
    expect(answer).not.toHaveProperty("properties");
    client.end();
  });

  test("more than the receive maximum ends the connection with 0x93", async () => {
    const client = await connectPlain(at, pump, 5);
    at.ingest.automatic = false;
    for (let id = 1; id <= 11; id += 1) client.send(publish(id));
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x93 });
  });

  const refusals: [string, object, number][] = [
    ["a topic alias of 0", { properties: { topicAlias: 0 } }, 0x94],
    ["a topic alias beyond the maximum", { properties: { topicAlias: 17 } }, 0x94],
    ["a topic alias that was never set", { topic: "", properties: { topicAlias: 5 } }, 0x82],
    ["a subscription identifier", { properties: { subscriptionIdentifier: 5 } }, 0x82],
    ["a response topic with a wildcard", { properties: { responseTopic: "a/#" } }, 0x82],
    ["a property of another packet", { properties: { serverKeepAlive: 5 } }, 0x82],
  ];
  test.each(refusals)("%s ends the connection", async (_, more, reasonCode) => {
    const client = await connectPlain(at, pump, 5);
    client.send(publish(1, more));
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode });
    expect(at.ingest.accepted).toHaveLength(0);
  });
});

describe("what 3.1.1 cannot say", () => {
  test("a dead letter is acknowledged and told on dn/error to those who subscribed", async () => {
    const client = await connectPlain(at, pump, 4);
    client.send({
      cmd: "subscribe",
      messageId: 9,
      subscriptions: [{ topic: "qs/v1/d/pump-17/dn/#", qos: 0 }],
    });
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [0] });
    at.ingest.automatic = false;
    client.send(publish(3));
    client.send({ cmd: "pingreq" });
    await client.next();
    at.ingest.settle({ outcome: "dead_lettered", reason: "empty", detail: "no field" });
    const told = [await client.next(), await client.next()];
    expect(told.find((packet) => packet !== "closed" && packet.cmd === "puback")).toMatchObject({
      messageId: 3,
    });
    const error = told.find((packet) => packet !== "closed" && packet.cmd === "publish");
    expect(error).toMatchObject({ topic: "qs/v1/d/pump-17/dn/error" });
    expect(JSON.parse(String((error as { payload: Buffer }).payload))).toEqual({
      messageId: "3",
      topic: up,
      reason: "empty",
      detail: "no field",
    });
    client.end();
  });

  test("a client with too much unacknowledged is not read further", async () => {
    const client = await connectPlain(at, pump, 4);
    at.ingest.automatic = false;
    for (let id = 1; id <= 25; id += 1) client.send(publish(id));
    await expect.poll(() => at.ingest.accepted.length).toBe(10);
    at.ingest.settle({ outcome: "stored" });
    await expect.poll(() => at.ingest.accepted.length).toBe(20);
    at.ingest.automatic = true;
    at.ingest.settle({ outcome: "stored" });
    for (let id = 1; id <= 25; id += 1)
      expect(await client.next()).toMatchObject({ messageId: id });
    client.end();
  });
});

test("what came by a connection that lost its session is not acknowledged, and ends it", async () => {
  const client = await connectPlain(at, pump, 5);
  at.ingest.automatic = false;
  client.send(publish(7, { qos: 2 }));
  await expect.poll(() => at.ingest.held.length).toBe(1);

  at.ingest.settle({ outcome: "duplicate", superseded: true });

  expect(await client.ending()).toBe(0x8e);
});
