import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { MessageSampleRow } from "#server/db/write-message-samples.ts";
import { nothingForwarded } from "#server/broker/publication.ts";
import { gatherSamples } from "#server/ingest/sampler.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function messageOf(deviceKey: bigint, profileId = "p", bytes = 2): InboundMessage {
  return {
    device: { tenantId: "t", deviceKey, id: "u", deviceId: `d${deviceKey}`, profileId },
    transport: "mqtt",
    topic: "x",
    channel: "telemetry/pump",
    qos: 1,
    retain: false,
    expiresAt: undefined,
    forwarded: nothingForwarded,
    publisher: undefined,
    claimedBy: undefined,
    payload: Buffer.alloc(bytes),
    receivedAt: 1_795_000_000_000,
    origin: { settle: () => undefined },
    packetId: 1,
  };
}

function setUp() {
  const written: (readonly MessageSampleRow[])[] = [];
  const log = pino({ level: "silent" });
  const sampler = gatherSamples({
    log,
    write: (rows) => {
      written.push(rows);
      return Promise.resolve();
    },
  });
  return { sampler, written };
}

it("keeps five of a profile a second, of five devices, and of another profile five more", async () => {
  const { sampler, written } = setUp();
  for (let round = 0; round < 3; round += 1) {
    for (let key = 1n; key <= 9n; key += 1n) sampler.offer(messageOf(key));
  }
  sampler.offer(messageOf(100n, "q"));
  await vi.advanceTimersByTimeAsync(1000);

  expect(written[0]?.map(({ deviceId }) => deviceId).join(" ")).toBe("d1 d2 d3 d4 d5 d100");
  expect(written[0]?.[0]).toMatchObject({ stream: "pump", contentType: "" });
  await sampler.stop();
});

it("a device that was sampled rests for ten seconds; large payloads are left", async () => {
  const { sampler, written } = setUp();
  sampler.offer(messageOf(1n));
  sampler.offer(messageOf(2n, "p", 16_385));
  for (let second = 0; second < 9; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    sampler.offer(messageOf(1n));
  }
  expect(written).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  sampler.offer(messageOf(1n));
  await sampler.stop();

  expect(written.map((rows) => rows.length)).toEqual([1, 1]);
});
