import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import { startTestBroker, type TestBroker } from "#server/testing/mqtt/test-broker.ts";
import { WireClient, type Version } from "#server/testing/mqtt/wire-client.ts";

let broker: TestBroker;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await broker.stop();
});

async function openSocket(subprotocols: string[] = ["mqtt"], secure = false): Promise<WebSocket> {
  const { ca, ports } = broker;
  const socket = secure
    ? new WebSocket(`wss://localhost:${ports.wss}/mqtt`, subprotocols, { ca })
    : new WebSocket(`ws://127.0.0.1:${ports.ws}/mqtt`, subprotocols);
  socket.on("error", () => undefined);
  sockets.push(socket);
  await new Promise((resolve) => socket.once("open", resolve).once("close", resolve));
  return socket;
}

async function connect(version: Version, secure = false): Promise<WireClient> {
  const socket = await openSocket(["mqtt"], secure);
  const client = new WireClient(createWebSocketStream(socket), version);
  client.send(broker.packet(version));
  await client.take("connack");
  return client;
}

describe.each([5, 4] as const)("WebSocket at protocol level %i", (version) => {
  test.each([
    ["WebSocket", false],
    ["secure WebSocket", true],
  ])(
    "[MQTT-4.2.0-1] [MQTT3-7.1.1-1] [MQTT-6.0.0-1] [MQTT3-6.0.0-1] %s carries packets in binary frames, in order and whole",
    async (_, secure) => {
      const client = await connect(version, secure);
      const topic = broker.unique();
      await client.subscribe(topic, { qos: 2 });
      for (const length of [0, 1, 125, 126, 65_536, 200_000]) {
        const payload = Buffer.alloc(length, length & 255);
        await client.publish(topic, payload, { qos: 1 });
        expect((await client.receive()).payload.length).toBe(length);
      }
    },
  );

  test("[MQTT-6.0.0-4] [MQTT3-6.0.0-4] the subprotocol mqtt is selected", async () => {
    const socket = await openSocket(["other", "mqtt"]);
    expect(socket.protocol).toBe("mqtt");
  });

  test("[MQTT-6.0.0-1] [MQTT3-6.0.0-1] a text frame ends the connection", async () => {
    const socket = await openSocket();
    const closed = once(socket, "close");
    socket.send(generate(broker.packet(version), { protocolVersion: version }).toString("latin1"));
    await closed;
    const later = await openSocket();
    later.send(generate(broker.packet(version), { protocolVersion: version }));
    await once(later, "message");
    const ended = once(later, "close");
    later.send("text");
    await ended;
    expect([socket.readyState, later.readyState]).toEqual([WebSocket.CLOSED, WebSocket.CLOSED]);
  });

  test("[MQTT-6.0.0-2] [MQTT3-6.0.0-2] frames may hold parts of packets, and several packets", async () => {
    const socket = await openSocket();
    const client = new WireClient(createWebSocketStream(socket), version);
    const settings = { protocolVersion: version };
    for (const byte of generate(broker.packet(version), settings)) socket.send(Buffer.from([byte]));
    await client.take("connack");
    const ping = generate({ cmd: "pingreq" }, settings);
    socket.send(Buffer.concat([ping, ping, ping.subarray(0, 1)]));
    await client.take("pingresp");
    await client.take("pingresp");
    await sleep(20);
    expect(client.unread()).toEqual([]);
    socket.send(ping.subarray(1));
    await client.take("pingresp");
  });
});

describe("opening a WebSocket", () => {
  test("[MQTT-6.0.0-3] [MQTT3-6.0.0-3] a client that does not offer mqtt is refused", async () => {
    for (const offered of [[], ["mqttv3.1"], ["other"]]) {
      const socket = await openSocket(offered);
      expect(socket.readyState).toBe(WebSocket.CLOSED);
    }
  });
});

describe("other transports", () => {
  test.each([5, 4] as const)(
    "[MQTT-4.2.0-1] [MQTT3-7.1.1-1] TCP carries what level %i needs",
    async (version) => {
      const client = await broker.connect(version);
      const topic = broker.unique();
      await client.subscribe(topic, { qos: 1 });
      const payload = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at & 255));
      await client.publish(topic, payload, { qos: 1 });
      expect((await client.receive()).payload).toEqual(payload);
    },
  );
});
