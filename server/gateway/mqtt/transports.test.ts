import { once } from "node:events";
import { connect } from "node:net";
import { connectAsync, type IClientOptions } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import {
  startTestListeners,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let pump: TestPeer;

beforeAll(async () => {
  at = await startTestListeners();
  pump = await at.addDevice("pump-17");
});
afterAll(() => at.stop());

const topic = "qs/v1/d/pump-17/up/telemetry";

describe("a device over WebSocket", () => {
  test.each([5, 4] as const)("with its token and MQTT level %i", async (protocolVersion) => {
    const { ws } = at.listeners.ports;
    const client = await connectAsync(`ws://127.0.0.1:${ws}/mqtt`, {
      protocolVersion,
      clientId: "pump-17",
      username: "pump-17",
      password: pump.token,
    });
    await client.publishAsync(topic, '{"temperature":21.5}', { qos: 1 });
    await client.endAsync();

    expect(at.ingest.accepted.at(-1)).toMatchObject({ transport: "ws", topic, qos: 1 });
  });

  test("with its certificate over TLS", async () => {
    const { wss } = at.listeners.ports;
    const options: IClientOptions = {
      protocolVersion: 5,
      clientId: "pump-17",
      ca: at.tls.ca,
      key: pump.key,
      cert: pump.cert,
    };
    const client = await connectAsync(`wss://localhost:${wss}/mqtt`, options);
    await client.publishAsync(topic, '{"temperature":21.5}', { qos: 1 });
    await client.endAsync();

    expect(at.ingest.accepted.at(-1)).toMatchObject({ transport: "wss", topic });
  });

  test("as a browser does, which asks for http/1.1 by ALPN", async () => {
    const { wss } = at.listeners.ports;
    const socket = new WebSocket(`wss://localhost:${wss}/mqtt`, ["mqtt"], {
      ca: at.tls.ca,
      ALPNProtocols: ["http/1.1"],
      origin: "https://dashboard.example",
    } as object);
    await once(socket, "open");
    expect(socket.protocol).toBe("mqtt");
    socket.terminate();
  });
});

describe("refusals over WebSocket", () => {
  async function refused(path: string, subprotocols: string[]) {
    const socket = new WebSocket(`ws://127.0.0.1:${at.listeners.ports.ws}${path}`, subprotocols);
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("close", resolve));
  }

  test("name the subprotocol and the path, and the transport", async () => {
    await refused("/mqtt", ["mqttv3.1"]);
    expect(await at.refusal("handshake", "mqttv3.1")).toMatchObject({ transport: "ws" });
    await refused("/nowhere", ["mqtt"]);
    expect(await at.refusal("handshake", "/nowhere")).toMatchObject({ transport: "ws" });
  });

  test.each([
    ["TLS", Buffer.from("16030100050100000100", "hex"), "began a TLS handshake"],
    ["MQTT", Buffer.from("101000044d5154540502003c000000", "hex"), "MQTT without WebSocket"],
    ["a proxy's CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "did not ask for a WebSocket"],
  ])("name what is spoken instead: %s", async (_, bytes, words) => {
    const socket = connect(at.listeners.ports.ws, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.resume().write(bytes);
    await once(socket, "close");
    expect(await at.refusal("handshake", words)).toMatchObject({ transport: "ws" });
  });

  test("name the text frame that a client sent", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${at.listeners.ports.ws}/mqtt`, ["mqtt"]);
    await once(socket, "open");
    socket.send("hello");
    await once(socket, "close");
    expect(await at.refusal("malformed", "text frame")).toMatchObject({ transport: "ws" });
  });

  test("name what is sent instead of CONNECT", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${at.listeners.ports.ws}/mqtt`, ["mqtt"]);
    await once(socket, "open");
    createWebSocketStream(socket)
      .on("error", () => undefined)
      .write(Buffer.from([0xc0, 0]));
    await once(socket, "close");
    expect(await at.refusal("malformed", "not CONNECT")).toMatchObject({ transport: "ws" });
  });
});

test("one bound for connections holds over all ports", async () => {
  const few = await startTestListeners({ maxConnections: 1 });
  const { ws } = few.listeners.ports;
  const first = new WebSocket(`ws://127.0.0.1:${ws}/mqtt`, ["mqtt"]);
  await once(first, "open");
  const peer = await few.addDevice("pump-18");
  await expect(
    connectAsync(`mqtt://127.0.0.1:${few.listeners.ports.mqtt}`, {
      clientId: "pump-18",
      username: "pump-18",
      password: peer.token,
      reconnectPeriod: 0,
    }),
  ).rejects.toThrow("Server unavailable");
  await few.refusal("too-many-connections");
  first.terminate();
  await few.stop();
});
