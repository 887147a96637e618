import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { connackFlags, frame, properties, text } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());

/** Reason codes of CONNACK, MQTT 5.0 §3.2.2.2. */
const connackCodes = new Set([
  0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99,
  0x9a, 0x9b, 0x9c, 0x9d, 0x9f,
]);

describe.each([5, 4] as const)("CONNECT at protocol level %i", (version) => {
  /** A CONNECT by hand; what follows the client id is given. */
  const connect = (connectFlags: number, ...rest: readonly (Buffer | readonly number[])[]) =>
    frame(
      0x10,
      text("MQTT"),
      [version, connectFlags, 0, 60],
      properties(version),
      text(broker.unique()),
      ...rest,
    );

  test.each([
    ["PINGREQ", frame(0xc0)],
    ["PUBLISH", frame(0x30, text("a"), properties(version), [0x61])],
    ["SUBSCRIBE", frame(0x82, [0, 1], properties(version), text("a"), [0])],
    ["DISCONNECT", frame(0xe0)],
  ])("[MQTT-3.1.0-1] [MQTT3-3.1.0-1] %s as the first packet is not answered", async (_, first) => {
    const client = await broker.open(version);
    client.write(first);
    expect(await client.ended()).toBe("closed");
  });

  test("[MQTT-3.1.0-2] [MQTT3-3.1.0-2] [MQTT-3.2.0-2] a second CONNECT ends the connection, without a second CONNACK", async () => {
    const client = await broker.connect(version);
    client.send(broker.packet(version, { clientId: client.clientId }));
    expect(await client.ended()).toBe(version === 5 ? 0x82 : "closed");
    expect(client.unread().filter(({ cmd }) => cmd === "connack")).toEqual([]);
  });

  test("[MQTT-3.1.2-1] [MQTT3-3.1.2-1] another protocol is not served", async () => {
    for (const name of ["MQTX", "mqtt", "AMQP", ""]) {
      const client = await broker.open(version);
      client.write(frame(0x10, text(name), [version, 2, 0, 60], properties(version), text("a")));
      expect(["closed", 1, 0x84]).toContain(await client.ended());
    }
  });

  test("[MQTT-3.1.2-3] [MQTT3-3.1.2-3] [MQTT-3.1.4-1] [MQTT3-3.1.4-1] the reserved connect flag ends the connection", async () => {
    const client = await broker.open(version);
    const asked = broker.packet(version);
    const bytes = generate(asked, { protocolVersion: version });
    bytes.writeUInt8(bytes.readUInt8(9) | 1, 9);
    client.write(bytes);
    expect(await client.ended()).toBe(version === 5 ? 0x81 : "closed");
  });

  const will = [properties(version), text("a"), text("b")];
  const malformed: [string, () => Buffer][] = [
    [
      "[MQTT-3.1.2-11] [MQTT3-3.1.2-13] [MQTT3-3.1.2-11] will QoS without will",
      () => connect(0x0a),
    ],
    ["[MQTT-3.1.2-13] [MQTT3-3.1.2-15] will retain without will", () => connect(0x22)],
    ["[MQTT-3.1.2-12] [MQTT3-3.1.2-14] will QoS 3", () => connect(0x1e, ...will)],
    ["[MQTT-3.1.2-9] [MQTT3-3.1.2-9] a will that is not there", () => connect(0x06)],
    ["[MQTT-3.1.2-17] [MQTT3-3.1.2-19] a user name that is not there", () => connect(0x82)],
    ["[MQTT-3.1.2-16] [MQTT3-3.1.2-18] a user name without flag", () => connect(0x02, text("u"))],
    [
      "[MQTT-3.1.2-19] [MQTT3-3.1.2-21] a password that is not there",
      () => connect(0xc2, text("u")),
    ],
    [
      "[MQTT-3.1.2-18] [MQTT3-3.1.2-20] a password without flag",
      () => connect(0x82, text("u"), text("p")),
    ],
    [
      "[MQTT-3.1.3-12] [MQTT3-3.1.3-11] a user name that is not UTF-8",
      () => connect(0x82, text(Buffer.from("ff", "hex"))),
    ],
    [
      "[MQTT-3.1.3-11] [MQTT3-3.1.3-10] a will topic that is not UTF-8",
      () => connect(0x06, properties(version), text(Buffer.from("ff", "hex")), text("b")),
    ],
    [
      "[MQTT-3.1.3-4] [MQTT3-3.1.3-4] a client id that is not UTF-8",
      () =>
        frame(
          0x10,
          text("MQTT"),
          [version, 2, 0, 60],
          properties(version),
          text(Buffer.from("61ff", "hex")),
        ),
    ],
    [
      "[MQTT-3.1.3-1] [MQTT3-3.1.3-1] [MQTT-3.1.3-3] [MQTT3-3.1.3-3] no client id",
      () => frame(0x10, text("MQTT"), [version, 2, 0, 60], properties(version)),
    ],
  ];
  test.each(malformed)(
    "%s is malformed; 3.1.1 gets no CONNACK [MQTT-3.1.4-1] [MQTT3-3.1.4-1] [MQTT3-3.2.2-6]",
    async (_, bytes) => {
      const client = await broker.open(version);
      client.write(bytes());
      expect(version === 5 ? [0x81, 0x82, "closed"] : ["closed"]).toContain(await client.ended());
    },
  );

  test("[MQTT-3.1.3-5] [MQTT3-3.1.3-5] a service client has any client id of 1 to 23 letters and digits (a device only its own)", async () => {
    const ids = ["a", "0123456789abcdefghijklm", "nopqrstuvwxyzABCDEFGHIJ", "KLMNOPQRSTUVWXYZ"];
    for (const clientId of ids) {
      const client = await broker.connect(version, { clientId });
      expect(await client.unasked()).toEqual([]);
      await client.leave();
    }
  });

  test("[MQTT-3.1.3-6] [MQTT3-3.1.3-6] clients without client id are kept apart", async () => {
    const one = await broker.connect(version, { clientId: "" });
    const two = await broker.connect(version, { clientId: "" });
    const topic = broker.unique();
    await one.subscribe(topic);
    await two.publish(topic, "x");
    await one.receive();
    expect(await two.unasked()).toEqual([]);
    expect(await one.unasked()).toEqual([]);
  });

  test("[MQTT-3.1.3-8] [MQTT3-3.1.3-9] a client id that is not the device's is refused in so many words", async () => {
    const { deviceId, token } = await broker.addDevice();
    const client = await broker.open(version);
    const more = { username: deviceId, password: token, clientId: "another" };
    client.send(broker.packet(version, more));
    expect(await client.ended()).toBe(version === 5 ? 0x85 : 2);
  });

  test("[MQTT-3.1.4-2] [MQTT-3.2.2-6] [MQTT3-3.2.2-4] [MQTT-3.2.2-7] [MQTT3-3.2.2-5] [MQTT-4.13.2-1] a wrong password closes the connection, and tells nobody whether there is a session", async () => {
    const kept = await broker.connect(version, { kept: true });
    await kept.drop();
    const client = await broker.open(version);
    const more = { kept: true, clientId: kept.clientId, password: "wrong" };
    client.send(broker.packet(version, more));
    const { packet, bytes } = await client.frame("connack");
    expect(packet.reasonCode ?? packet.returnCode).toBe(version === 5 ? 0x86 : 4);
    expect(connackFlags(bytes)).toBe(0);
    await client.ended();
  });

  test("[MQTT-3.1.4-3] [MQTT3-3.1.4-2] [MQTT-3.14.2-2] a second connection of a session disconnects the first", async () => {
    const first = await broker.connect(version, { kept: true });
    const second = await broker.connect(version, { kept: true, clientId: first.clientId });
    expect(await first.ended()).toBe(version === 5 ? 0x8e : "closed");
    for (const packet of first.unread()) {
      if (packet.cmd !== "disconnect") continue;
      expect(packet.properties ?? {}).not.toHaveProperty("sessionExpiryInterval");
    }
    expect(await second.unasked()).toEqual([]);
  });

  test("[MQTT-3.1.4-6] [MQTT3-3.1.4-5] [MQTT-3.14.0-1] nothing is processed after a CONNECT that was refused, and no DISCONNECT follows", async () => {
    const subscriber = await broker.connect(version);
    const topic = broker.unique();
    await subscriber.subscribe(topic);
    const client = await broker.open(version);
    const message = { cmd: "publish", topic, payload: "x", dup: false, retain: true } as const;
    client.send(
      broker.packet(version, { password: "wrong" }),
      { cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0 }] },
      { ...message, qos: 0 },
      { ...message, qos: 1, messageId: 2 },
      { cmd: "pingreq" },
    );
    await client.ended();
    expect(client.unread().map(({ cmd }) => cmd)).toEqual(["connack"]);
    await subscriber.publish(topic, "after");
    expect(await subscriber.payloads(1)).toEqual(["after"]);
  });

  test("[MQTT-3.1.4-5] [MQTT3-3.1.4-4] [MQTT-3.2.0-1] [MQTT3-3.2.0-1] CONNACK 0 comes before any other answer", async () => {
    const client = await broker.open(version);
    const topic = broker.unique();
    client.send(
      broker.packet(version),
      { cmd: "pingreq" },
      { cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0 }] },
    );
    const connack = await client.take("connack");
    expect(connack.reasonCode ?? connack.returnCode).toBe(0);
    await client.answer("pingresp", undefined);
    await client.answer("suback", 1);
  });

  test("[MQTT-3.2.0-1] [MQTT3-3.2.0-1] CONNACK comes before what waited for the session", async () => {
    const subscriber = await broker.connect(version, { kept: true });
    const topic = broker.unique();
    await subscriber.subscribe(topic, { qos: 1 });
    await subscriber.drop();
    const publisher = await broker.connect(version);
    for (const payload of ["1", "2"]) await publisher.publish(topic, payload, { qos: 1 });
    const again = await broker.connect(version, { kept: true, clientId: subscriber.clientId });
    expect(await again.payloads(2)).toEqual(["1", "2"]);
  });
});

describe("CONNECT of MQTT 5", () => {
  test("[MQTT-3.1.2-2] [MQTT3-3.1.2-2] levels that are not served are told so and closed, in the words of their time", async () => {
    for (const [name, level, code] of [
      ["MQIsdp", 3, 1],
      ["MQTT", 3, 1],
      ["MQTT", 6, 0x84],
      ["MQTT", 0x84, 1],
    ] as const) {
      const client = await broker.open(code === 1 ? 4 : 5);
      const rest = level === 6 ? properties(5) : Buffer.alloc(0);
      client.write(frame(0x10, text(name), [level, 2, 0, 60], rest, text("a")));
      expect(await client.ended()).toBe(code);
    }
  });

  test("[MQTT-3.1.3-7] [MQTT-3.2.2-16] an assigned client id is told, new, and counts as the client's", async () => {
    const first = await broker.connect(5, { clientId: "", expiry: 100 });
    const second = await broker.connect(5, { clientId: "" });
    const assigned = first.connack.properties?.assignedClientIdentifier ?? "";
    expect(assigned).not.toBe("");
    expect(second.connack.properties?.assignedClientIdentifier).not.toBe(assigned);
    await first.drop();
    const again = await broker.connect(5, { clientId: assigned, kept: true });
    expect(again.connack.sessionPresent).toBe(true);
    expect(again.connack.properties).not.toHaveProperty("assignedClientIdentifier");
  });

  test("[MQTT-3.1.2-28] [MQTT-4.12.0-6] CONNACK brings no response information and no authentication method that nobody asked for", async () => {
    for (const asked of [{}, { requestResponseInformation: false }]) {
      const { connack } = await broker.connect(5, { properties: asked });
      expect(connack.properties ?? {}).not.toHaveProperty("responseInformation");
      expect(connack.properties ?? {}).not.toHaveProperty("authenticationMethod");
    }
  });

  test("[MQTT-3.2.2-9] every QoS is served: there is no Maximum QoS, and QoS 2 is granted and goes through", async () => {
    const client = await broker.connect(5);
    expect(client.connack.properties ?? {}).not.toHaveProperty("maximumQoS");
    const topic = broker.unique();
    expect(await client.subscribe(topic, { qos: 2 })).toMatchObject({ granted: [2] });
    expect(await client.publish(topic, "x", { qos: 2 })).toBe(0);
    expect(await client.take("publish")).toMatchObject({ qos: 2 });
  });

  const refused: [string, object][] = [
    ["a wrong password", { password: "wrong" }],
    ["an unknown user", { username: "nobody", clientId: "nobody" }],
    ["receive maximum 0", { properties: { receiveMaximum: 0 } }],
    ["maximum packet size 0", { properties: { maximumPacketSize: 0 } }],
    ["an authentication method", { properties: { authenticationMethod: "SCRAM-SHA-1" } }],
    ["a will with a wildcard", { will: { topic: "a/#", payload: Buffer.from("x"), qos: 0 } }],
  ];
  test.each(refused)(
    "[MQTT-3.2.2-8] [MQTT-3.2.2-7] [MQTT-3.1.4-2] %s is refused with a code of CONNACK, and closed",
    async (_, more) => {
      const client = await broker.open(5);
      client.send(broker.packet(5, more));
      const { reasonCode = 0 } = await client.take("connack");
      expect(reasonCode).toBeGreaterThanOrEqual(0x80);
      expect(connackCodes.has(reasonCode)).toBe(true);
      await client.ended();
    },
  );

  test("[MQTT-3.2.2-19] [MQTT-3.2.2-20] a refusal leaves out its words when they would not fit", async () => {
    const roomy = await broker.open(5);
    roomy.send(broker.packet(5, { password: "wrong" }));
    const { packet, bytes } = await roomy.frame("connack");
    expect(packet.properties).toHaveProperty("reasonString");
    const tight = await broker.open(5);
    const maximumPacketSize = bytes.length - 1;
    tight.send(broker.packet(5, { password: "wrong", properties: { maximumPacketSize } }));
    const short = await tight.frame("connack");
    expect(short.packet.reasonCode).toBe(packet.reasonCode);
    expect(short.bytes.length).toBeLessThanOrEqual(maximumPacketSize);
    expect(short.packet.properties ?? {}).not.toHaveProperty("reasonString");
  });

  test("[MQTT-4.12.0-1] [MQTT-3.1.2-30] an authentication method is refused with 0x8C, and what the client sends meanwhile is not processed", async () => {
    const client = await broker.open(5);
    const asked = { properties: { authenticationMethod: "SCRAM-SHA-256" } };
    client.send(broker.packet(5, asked), { cmd: "pingreq" });
    expect(await client.ended()).toBe(0x8c);
    expect(client.unread().map(({ cmd }) => cmd)).toEqual(["connack"]);
  });

  test("[MQTT-4.12.0-7] [MQTT-4.12.1-1] [MQTT-3.15.1-1] AUTH of a client that named no method ends the connection, whatever its flags", async () => {
    for (const [header, code] of [
      [0xf0, [0x82]],
      [0xf2, [0x81, 0x82]],
    ] as const) {
      const client = await broker.connect(5);
      client.write(frame(header, [0x19], properties(5, [0x15], text("SCRAM-SHA-1"))));
      expect(code).toContain(await client.ended());
    }
  });
});

describe("CONNECT of MQTT 3.1.1", () => {
  test("[MQTT3-3.1.3-7] [MQTT3-3.1.3-8] no client id and CleanSession 0 is refused with 2, and closed", async () => {
    const client = await broker.open(4);
    client.write(frame(0x10, text("MQTT"), [4, 0xc0, 0, 60], text(""), text("u"), text("p")));
    expect(await client.ended()).toBe(2);
  });

  test("[MQTT3-3.1.2-22] a password without user name ends the connection", async () => {
    const client = await broker.open(4);
    client.write(frame(0x10, text("MQTT"), [4, 0x42, 0, 60], text("a"), text("p")));
    expect(await client.ended()).toBe("closed");
  });
});

describe.each([5, 4] as const)("keep-alive at protocol level %i", (version) => {
  test.concurrent("[MQTT-3.1.2-22] [MQTT3-3.1.2-24] [MQTT-3.2.2-22] [MQTT-3.1.2-20] [MQTT3-3.1.2-23] silence of one and a half keep-alives is as a failed network: the will goes out; who pings stays", async () => {
    const topic = broker.unique();
    const observer = await broker.connect(version);
    await observer.subscribe(topic);
    const will = { topic, payload: Buffer.from("gone"), qos: 0, retain: false } as const;
    const from = Date.now();
    const silent = await broker.connect(version, { keepalive: 1, will });
    const pinging = await broker.connect(version, { keepalive: 1 });
    expect(silent.connack.properties ?? {}).not.toHaveProperty("serverKeepAlive");
    const pings = setInterval(() => pinging.send({ cmd: "pingreq" }), 300);
    expect(await silent.ended()).toBe(version === 5 ? 0x8d : "closed");
    const took = Date.now() - from;
    clearInterval(pings);
    expect(took).toBeGreaterThanOrEqual(1_400);
    expect(took).toBeLessThan(3_500);
    expect(await observer.payloads(1)).toEqual(["gone"]);
    expect(pinging.closed).toBe(false);
  });
});
