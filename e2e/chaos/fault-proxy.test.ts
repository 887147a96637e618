import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startFaultProxy, type FaultProxy } from "#e2e/chaos/fault-proxy.ts";

let server: Server;
let proxy: FaultProxy;
let accepted: Socket[];
let chunks: Buffer[];

beforeEach(async () => {
  accepted = [];
  chunks = [];
  server = createServer({ noDelay: true }, (socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      socket.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startFaultProxy(() => (server.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.stop();
  for (const socket of accepted) socket.destroy();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** `once` rejects when an error comes before, which a reset is. */
function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
  });
}

async function read(socket: Socket, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  while (total < length) {
    const [part] = (await once(socket, "data")) as [Buffer];
    parts.push(part);
    total += part.length;
  }
  return Buffer.concat(parts);
}

it("passes bytes both ways, in order, however they are cut", async () => {
  const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
  for (const faults of [{}, { pieceBytes: 700, isRandomPiece: true }, { pieceBytes: 1 }]) {
    proxy.set("both", faults);
    const socket = await open();
    const sent = faults.pieceBytes === 1 ? bytes.subarray(0, 400) : bytes;
    const answer = read(socket, sent.length);
    socket.write(sent);
    expect((await answer).equals(sent)).toBe(true);
    socket.destroy();
  }
});

it("writes one byte at a time", async () => {
  proxy.set("up", { pieceBytes: 1 });
  const socket = await open();

  const answer = read(socket, 50);
  socket.write(Buffer.alloc(50, 7));
  await answer;

  expect(chunks.length).toBeGreaterThan(10);
});

it("delays one direction and not the other", async () => {
  proxy.set("down", { latencyMs: 150 });
  const socket = await open();
  const startedAt = performance.now();

  const answer = read(socket, 1);
  socket.write("a");
  await once(accepted[0] ?? server, accepted.length > 0 ? "data" : "connection");
  await answer;

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
});

it("keeps to its bandwidth", async () => {
  proxy.set("up", { bytesPerSecond: 10_000 });
  const socket = await open();
  const startedAt = performance.now();

  const answer = read(socket, 3_000);
  socket.write(Buffer.alloc(3_000));
  await answer;

  expect(performance.now() - startedAt).toBeGreaterThan(200);
});

it("as a black hole passes nothing, closes nothing, and passes all of it once it heals", async () => {
  proxy.set("both", { isBlackHole: true });
  const socket = await open();
  socket.write("abc");
  await sleep(100);
  expect(chunks).toEqual([]);
  expect(socket.destroyed).toBe(false);

  const answer = read(socket, 6);
  socket.write("def");
  proxy.set("both", {});

  expect((await answer).toString()).toBe("abcdef");
});

it("resets both sides", async () => {
  const socket = await open();
  socket.write("a");
  await read(socket, 1);
  const closed = Promise.all([untilClosed(socket), untilClosed(accepted[0]!)]);

  proxy.reset();

  await closed;
  expect(proxy.connections).toBe(0);
});

it("leaves the server with a connection that nobody is on", async () => {
  const socket = await open();
  socket.write("a");
  await read(socket, 1);
  const closed = untilClosed(socket);

  expect(proxy.halfOpen("client")).toBe(1);

  await closed;
  await sleep(50);
  expect(accepted[0]?.destroyed).toBe(false);
});

it("leaves the client with a connection whose server is gone", async () => {
  const socket = await open();
  socket.write("a");
  await read(socket, 1);
  const closed = untilClosed(accepted[0]!);

  expect(proxy.halfOpen("server")).toBe(1);

  await closed;
  socket.write("b");
  await sleep(50);
  expect(socket.destroyed).toBe(false);
});

it("refuses new connections", async () => {
  proxy.refuse(true);
  const refused = connect({ port: proxy.port, host: "127.0.0.1" });
  await untilClosed(refused);
  expect(accepted).toEqual([]);

  proxy.refuse(false);
  const socket = await open();
  socket.write("x");
  expect((await read(socket, 1)).toString()).toBe("x");
});

it("passes on that a side has no more to say", async () => {
  const socket = await open();
  const answer = read(socket, 1);
  socket.end("z");
  await answer;
  await untilClosed(socket);
  expect(Buffer.concat(chunks).toString()).toBe("z");
});
