import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nothingForwarded } from "#server/broker/publication.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { runStages } from "#server/pipeline/run-stages.ts";
import { boundSchema, profileWith } from "#server/testing/ingest-profile.ts";

const schema = boundSchema({
  open: true,
  fields: new Map([["a", { position: 0, type: "number" }]]),
});
const profile = profileWith(schema);
const now = 1_795_000_000_000;

function message(payload: string | Uint8Array, more: Partial<InboundMessage> = {}): InboundMessage {
  return {
    device: { tenantId: "t", deviceKey: 7n, id: "u", deviceId: "d", profileId: "p" },
    transport: "mqtt",
    topic: "qs/v1/d/d/up/telemetry",
    channel: "telemetry",
    qos: 1,
    retain: false,
    expiresAt: undefined,
    forwarded: nothingForwarded,
    publisher: undefined,
    claimedBy: undefined,
    payload: Buffer.from(payload),
    receivedAt: now,
    origin: { settle: () => undefined },
    packetId: 1,
    ...more,
  };
}

function keysOf(input: InboundMessage) {
  const result = runStages(input, profile);
  if (!result.ok) throw new Error(result.detail);
  return result.value.readings.map(({ key, windowed, flags }) => ({ key, windowed, flags }));
}

describe("what identifies a reading", () => {
  it.each([
    [
      "its id",
      '{"id":"x","ts":1795000000000,"values":{"a":1}}',
      '{"id":"x","ts":1795000000000,"values":{"a":2}}',
    ],
    [
      "its sequence number",
      '{"seq":4,"ts":1795000000000,"values":{"a":1}}',
      '{"seq":4,"ts":1795000000000,"values":{"a":2}}',
    ],
    [
      "what it says, when it has a time",
      '{"ts":1795000000000,"values":{"a":1}}',
      '{"ts":1795000000000,"values":{"a":1}}',
    ],
  ])("%s", (_, first, second) => {
    expect(keysOf(message(first))).toEqual(keysOf(message(second)));
    expect(keysOf(message(first))[0]?.windowed).toBe(false);
  });

  it("an id and a sequence number with the same digits differ", () => {
    const id = keysOf(message('{"id":"4","values":{"a":1}}'));
    const seq = keysOf(message('{"seq":4,"values":{"a":1}}'));
    expect(id[0]?.key).not.toEqual(seq[0]?.key);
  });

  it("the same value sent twice without time or id is two readings", () => {
    expect(keysOf(message('{"a":1}'))[0]?.key).not.toEqual(keysOf(message('{"a":1}'))[0]?.key);
  });

  it("the same payload with another time beside it is another reading", () => {
    const first = keysOf(message('{"a":1}', { ts: 1 }));
    const second = keysOf(message('{"a":1}', { ts: 2 }));
    expect(first[0]?.key).not.toEqual(second[0]?.key);
  });

  it("a reading has the same key in whatever array it comes", () => {
    const alone = keysOf(message('[{"ts":1795000000000,"values":{"a":1}}]'));
    const together = keysOf(
      message('[{"ts":1,"values":{"a":9}},{"ts":1795000000000,"values":{"a":1}}]'),
    );
    expect(together[1]?.key).toEqual(alone[0]?.key);
  });

  it.each([
    ["an id without a time", '{"id":"x","values":{"a":1}}', true, 2],
    ["an id with a time out of bounds", '{"id":"x","ts":1,"values":{"a":1}}', true, 1],
    ["a time out of bounds", '{"ts":1,"values":{"a":1}}', true, 1],
    ["neither", '{"a":1}', false, 2],
    ["both", '{"id":"x","ts":1795000000000,"values":{"a":1}}', false, 0],
  ])("%s goes through the window of recent keys: %s", (_, payload, windowed, flags) => {
    expect(keysOf(message(payload))[0]).toMatchObject({
      windowed,
      flags: flags | (1 << 5) | (1 << 8),
    });
  });
});

describe("runStages", () => {
  it("refuses a whole array for one bad reading, and says which", () => {
    expect(runStages(message('[{"a":1},{"a":{}}]'), profile)).toMatchObject({
      reason: "unsupported-value",
      detail: expect.stringMatching(/^Reading 1: The field "a"/),
    });
  });

  it("takes any bytes without throwing, and leaves Object.prototype alone", () => {
    const key = fc.oneof(fc.constantFrom("__proto__", "constructor", "values", "ts"), fc.string());
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        fc.dictionary(key, tie("any"), { maxKeys: 5 }),
        fc.array(tie("any"), { maxLength: 4 }),
      ),
    })).any;
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(
        fc.oneof(
          value.map((any) => JSON.stringify(any) ?? ""),
          fc.uint8Array(),
        ),
        (input) => {
          for (const open of [true, false]) {
            const result = runStages(message(input), profileWith({ ...schema, open }));
            if (!result.ok) continue;
            for (const { placed, tsMicros } of result.value.readings) {
              expect(Number.isSafeInteger(tsMicros)).toBe(true);
              expect(placed.extra === undefined || JSON.parse(placed.extra) !== null).toBe(true);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it.each(["telemetry", "state", "event/door"])(
    "an empty retained message to %s deletes what is retained and writes nothing",
    (channel) => {
      const result = runStages(message("", { channel, retain: true }), profile);
      expect(result).toEqual({ ok: true, value: { readings: [], document: undefined } });
    },
  );

  it("what is no telemetry is kept as it came", () => {
    const result = runStages(message("open", { channel: "event/door", id: "x" }), profile);
    expect(result).toMatchObject({
      value: { readings: [], document: { channel: "event/door", windowed: true } },
    });
  });

  it.each([
    [{ schema: "pump@3" }, '{"schema":"generic@1","values":{"a":1}}', "unknown-version"],
    [{ schema: "generic@1" }, '{"schema":"pump@3","values":{"a":1}}', "stored"],
    [{}, '{"schema":"pump@3","values":{"a":1}}', "unknown-version"],
    [{ schema: "pump@3" }, '[{"a":1}]', "unknown-version"],
    [{ schema: "pump@3" }, '{"a":1}', "unknown-version"],
  ])("the property %j comes before the envelope in %s: %s", (more, payload, expected) => {
    const result = runStages(message(payload, more), profileWith({ ...schema, open: false }));
    expect(result.ok ? "stored" : result.reason).toBe(expected);
  });
});

describe("a device in quarantine", () => {
  const device = { ...message("").device, state: "quarantined" as const };

  it.each([
    ["a reading", "telemetry", '{"a":1}'],
    ["what no schema takes", "telemetry", "no json"],
    ["its state", "state", '{"online":true}'],
    ["an event", "event/door", "open"],
  ])("%s is kept apart, and the device has done nothing wrong", (_, channel, payload) => {
    expect(runStages(message(payload, { device, channel }), profile)).toMatchObject({
      ok: false,
      reason: "in-quarantine",
      quarantined: true,
    });
  });

  it("what would be refused anyway is refused for that", () => {
    expect(runStages(message("1", { device, channel: "nowhere" }), profile)).toMatchObject({
      ok: false,
      reason: "unknown-channel",
    });
  });
});
