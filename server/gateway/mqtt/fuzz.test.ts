import fc from "fast-check";
import { generate, type Packet } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCodec } from "#server/gateway/mqtt/codec.ts";
import { FrameReader } from "#server/gateway/mqtt/frames.ts";
import {
  connectPlain,
  openPlain,
  startTestListeners,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let pump: TestPeer;

beforeAll(async () => {
  at = await startTestListeners({ connectsPerSecond: 100_000, connectTimeoutMs: 2_000 });
  pump = await at.addDevice("pump-17");
});
afterAll(() => at.stop());

const samples: Packet[] = [
  {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clean: true,
    clientId: "pump-17",
    keepalive: 60,
    username: "pump-17",
    password: Buffer.from("x"),
    will: { topic: "a", payload: Buffer.from("b"), properties: { contentType: "c" } },
    properties: { receiveMaximum: 5, userProperties: { a: ["b", "c"] } },
  },
  {
    cmd: "publish",
    topic: "qs/v1/d/pump-17/up/telemetry",
    payload: "{}",
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
    properties: { contentType: "x", userProperties: { id: "1" } },
  },
  { cmd: "subscribe", messageId: 2, subscriptions: [{ topic: "a/#", qos: 1 }] },
  { cmd: "unsubscribe", messageId: 3, unsubscriptions: ["a/#"] },
  { cmd: "puback", messageId: 1, reasonCode: 0x87, properties: { reasonString: "x" } },
  { cmd: "disconnect", reasonCode: 4, properties: { reasonString: "x" } },
  { cmd: "pingreq" },
];

/** A valid packet with some bytes changed, cut or doubled: goes deeper than noise. */
const mutated = fc
  .tuple(
    fc.constantFrom(...samples.map((packet) => generate(packet, { protocolVersion: 5 }))),
    fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
    fc.nat(200),
  )
  .map(([bytes, changes, cut]) => {
    const copy = Buffer.from(bytes);
    for (const [index, byte] of changes) copy[index % copy.length] = byte;
    return cut < 40 ? copy.subarray(0, cut) : copy;
  });

const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));

describe("bytes of strangers", () => {
  test("never make the decoder throw, nor hand out a half-read packet", () => {
    const codec = createCodec();
    fc.assert(
      fc.property(fc.oneof(mutated, noise), fc.constantFrom(4 as const, 5 as const), (bytes, v) => {
        const frames = new FrameReader(1_000);
        frames.append(bytes);
        while (frames.next() === "frame") {
          const frame = frames.buffer.subarray(frames.start, frames.end);
          const packet = codec.decode(frame, v);
          expect(typeof packet.cmd).toBe("string");
          codec.decodeConnect(frame);
        }
        expect(codec.decode(Buffer.from([0xc0, 0]), v).cmd).toBe("pingreq");
      }),
      { numRuns: 3_000 },
    );
  });

  test("before CONNECT end in a closed connection and a serving listener", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, noise), async (bytes) => {
        const client = await openPlain(at);
        client.write(bytes);
        client.socket.end();
        await client.untilClosed();
      }),
      { numRuns: 150 },
    );
    const client = await connectPlain(at, pump);
    client.end();
    expect(at.refused.map(({ reason }) => reason)).not.toContain("internal");
  });

  test("after CONNECT end in the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(mutated, noise), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(4 as const, 5 as const),
        async (chunks, version) => {
          const client = await connectPlain(at, pump, version);
          for (const bytes of chunks) client.write(bytes);
          client.socket.end();
          await client.untilClosed();
        },
      ),
      { numRuns: 150 },
    );
    const client = await connectPlain(at, pump);
    client.end();
    await at.listeners.stop();
    expect(at.listeners.stats().refusals.get("internal")).toBeUndefined();
  });
});
