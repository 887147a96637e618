import { describe, expect, it } from "vitest";
import { admit, maxPayloadBytes } from "#server/ingest/admit.ts";

const payload = Buffer.from("{}");

describe("admit", () => {
  it.each([
    ["telemetry", undefined, 2, "passes"],
    ["telemetry/pump", undefined, 2, "passes"],
    ["telemetry", "", 2, "passes"],
    ["telemetry", "application/json", 2, "passes"],
    ["telemetry", "application/JSON; charset=utf-8", 2, "passes"],
    ["telemetry", "application/jsonp", 2, "content-type"],
    ["telemetry", "application/cbor", 2, "content-type"],
    ["telemetryx", undefined, 2, "unknown-channel"],
    ["event/door", undefined, 2, "unknown-channel"],
    ["", undefined, 2, "unknown-channel"],
    ["telemetry", undefined, maxPayloadBytes, "passes"],
    ["telemetry", undefined, maxPayloadBytes + 1, "too-large"],
  ])("channel %j, content type %j, %i bytes: %s", (channel, contentType, bytes, expected) => {
    const body = bytes === 2 ? payload : Buffer.alloc(bytes, 0x20);

    const result = admit({
      channel,
      payload: body,
      ...(contentType === undefined ? {} : { contentType }),
    });

    expect(result.ok ? "passes" : result.reason).toBe(expected);
  });
});
