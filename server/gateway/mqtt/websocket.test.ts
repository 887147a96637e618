import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createWebSocketDoor } from "#server/gateway/mqtt/websocket-door.ts";
import { WebSocketStream } from "#server/gateway/mqtt/websocket-stream.ts";
import type { Refusal } from "#server/gateway/refusal.ts";

let server: Server;
let port: number;
const streams: WebSocketStream[] = [];
const refusals: Refusal[] = [];
const broken: string[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  const door = createWebSocketDoor({
    timeoutMs: 300,
    opened: (_, webSocket) => {
      streams.push(new WebSocketStream(webSocket, (problem) => broken.push(problem)));
    },
    refused: (_, refusal) => refusals.push(refusal),
  });
  server = createServer((socket) => {
    sockets.push(socket);
    door.accept(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  for (const list of [streams, refusals, broken]) list.length = 0;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

async function open(path = "/mqtt", protocols: string[] = ["mqtt"]) {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
  await once(client, "open");
  await expect.poll(() => streams.length).toBe(1);
  return { client, stream: streams[0]! };
}

/** What the server answers to bytes that are no WebSocket of ours. */
async function answerTo(request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  return text(socket);
}

async function collect(stream: WebSocketStream, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let collected = 0;
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    parts.push(part as Buffer);
    collected += (part as Buffer).length;
    if (collected >= length) break;
  }
  return Buffer.concat(parts);
}

describe("the WebSocket handshake", () => {
  test.each(["/mqtt", "/", "/mqtt?x=1"])(
    "opens at %s, selects mqtt, and compresses nothing",
    async (path) => {
      const { client } = await open(path, ["mqttv3.1", "mqtt"]);
      expect(client.protocol).toBe("mqtt");
      expect(client.extensions).toBe("");
      client.terminate();
    },
  );

  const upgrade = (path: string, more: string) =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;

  test.each([
    [
      "another subprotocol",
      upgrade("/mqtt", "Sec-WebSocket-Protocol: mqttv3.1\r\n"),
      "400",
      "The client offered only “mqttv3.1” in the WebSocket handshake.",
    ],
    [
      "no subprotocol",
      upgrade("/mqtt", ""),
      "400",
      "The client offered no WebSocket subprotocol in the WebSocket handshake.",
    ],
    [
      "another path",
      upgrade("/admin", "Sec-WebSocket-Protocol: mqtt\r\n"),
      "404",
      "There is no WebSocket at “/admin”.",
    ],
    [
      "another version of WebSocket",
      upgrade("/mqtt", "Sec-WebSocket-Protocol: mqtt\r\n").replace("Version: 13", "Version: 7"),
      "400",
      "The client did not begin with a valid WebSocket handshake",
    ],
    [
      "a web page",
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "426",
      "The client speaks HTTP and did not ask for a WebSocket.",
    ],
    [
      "MQTT without WebSocket",
      "\u0010\u0012\0\u0004MQTT",
      "400",
      "The client speaks MQTT without WebSocket on a port for WebSocket.",
    ],
    [
      "headers without end",
      `GET / HTTP/1.1\r\nX: ${"a".repeat(9_000)}`,
      "400",
      "The client did not begin with a valid WebSocket handshake",
    ],
    [
      "half a request",
      "GET /mqtt HTTP/1.1\r\n",
      "408",
      "The WebSocket handshake was not finished within 0.3 s.",
    ],
  ])("refuses %s in words", async (_, request, status, detail) => {
    const answer = await answerTo(request);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ cause: "handshake" });
    expect(refusals[0]?.detail).toContain(detail);
    expect(answer).toContain(refusals[0]?.detail);
    expect(streams).toHaveLength(0);
  });

  test("that only looks whether the port is open is no refusal", async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.end();
    await once(socket, "close");
    await sleep(50);
    expect(refusals).toEqual([]);
  });
});

describe("the stream of a WebSocket", () => {
  test("joins frames as they come, empty ones and parts included", async () => {
    const { client, stream } = await open();
    client.send(Buffer.from("ab"));
    client.send(Buffer.alloc(0));
    client.send(Buffer.from("c"), { fin: false });
    client.send(Buffer.from("d"));

    expect((await collect(stream, 4)).toString()).toBe("abcd");
    client.terminate();
  });

  test("writes binary frames, and joins what waits to one", async () => {
    const { client, stream } = await open();
    const received: Buffer[] = [];
    client.on("message", (data, isBinary) => {
      expect(isBinary).toBe(true);
      received.push(data as Buffer);
    });
    stream.cork();
    for (let index = 0; index < 100; index += 1) stream.write(Buffer.from([index]));
    stream.uncork();
    stream.write(Buffer.alloc(200_000, 1));

    await expect.poll(() => Buffer.concat(received).length).toBe(200_100);
    expect(received[0]).toHaveLength(100);
    client.terminate();
  });

  test("keeps order and bytes when large pieces wait", async () => {
    const { client, stream } = await open();
    const received: Buffer[] = [];
    client.on("message", (data) => received.push(data as Buffer));
    const pieces = Array.from({ length: 40 }, (_, index) => Buffer.alloc(5_000, index));
    for (const piece of pieces) stream.write(piece);

    await expect.poll(() => Buffer.concat(received).length).toBe(200_000);
    expect(Buffer.concat(received).equals(Buffer.concat(pieces))).toBe(true);
    client.terminate();
  });

  test("stops reading the socket while nobody reads it", async () => {
    const { client, stream } = await open();
    stream.pause();
    for (let index = 0; index < 200; index += 1) client.send(Buffer.alloc(100_000));
    await sleep(200);

    expect(stream.readableLength).toBeLessThan(2_000_000);
    expect(client.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(await collect(stream, 20_000_000)).toHaveLength(20_000_000);
    client.terminate();
  });

  test.each([
    ["a text frame", (client: WebSocket) => client.send("text"), "text frame"],
    [
      "a message beyond the limit",
      (client: WebSocket) => client.send(Buffer.alloc(1_048_577)),
      "Max payload size exceeded",
    ],
  ])("tells of %s, which ends it", async (_, act, problem) => {
    const { client, stream } = await open();
    stream.resume();
    client.on("error", () => undefined);
    act(client);

    await expect.poll(() => broken.join()).toContain(problem);
    client.terminate();
    if (!stream.closed) await once(stream, "close");
  });

  test("answers a ping, and ends with the client's end", async () => {
    const { client, stream } = await open();
    stream.resume();
    client.ping("x");
    const [pong] = (await once(client, "pong")) as [Buffer];
    expect(pong.toString()).toBe("x");
    client.close();
    await once(stream, "close");
  });

  test("gives what was sent before the client's end, also when it is read late", async () => {
    const { client, stream } = await open();
    client.send(Buffer.from("last words"));
    client.close();
    await once(client, "close");

    expect((await collect(stream, 10)).toString()).toBe("last words");
  });

  test("closes when the client is gone, and closes the client by its own end", async () => {
    const gone = await open();
    gone.stream.resume();
    gone.stream.on("error", () => undefined);
    gone.client.terminate();
    await once(gone.stream, "close");

    streams.length = 0;
    const { client, stream } = await open();
    stream.resume();
    stream.end("bye");
    const [code] = (await once(client, "close")) as [number];
    expect(code).toBe(1000);
    if (!stream.closed) await once(stream, "close");
  });
});
