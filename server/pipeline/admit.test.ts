import { describe, expect, it } from "vitest";
import { admit, maxPayloadBytes } from "#server/pipeline/admit.ts";

const payload = Buffer.from("{}");

describe("admit", () => {
  it.each([
    ["telemetry", undefined, 2, "passes"],
    ["telemetry/pump", undefined, 2, "passes"],
    ["telemetry", "", 2, "passes"],
    ["telemetry", "application/json", 2, "passes"],
    ["telemetry", "application/JSON; charset=utf-8", 2, "passes"],
    ["telemetry", "application/jsonp", 2, "content-type"],
    ["telemetry", "application/cbor", 2, "passes"],
    ["telemetry", "application/SenML+CBOR", 2, "passes"],
    ["telemetry", "application/x-protobuf; messageType=a.B", 2, "passes"],
    ["telemetry", "text/csv", 2, "content-type"],
    ["telemetryx", undefined, 2, "unknown-channel"],
    ["state", undefined, 2, "passes"],
    ["description", "application/cbor", 2, "passes"],
    ["event/door", undefined, 2, "passes"],
    ["event/door.opened_2:a-b", "image/png", 2, "passes"],
    ["log", "text/plain", 2, "passes"],
    ["event", undefined, 2, "unknown-channel"],
    ["event/", undefined, 2, "unknown-channel"],
    ["event/door/left", undefined, 2, "unknown-channel"],
    ["event/türe", undefined, 2, "unknown-channel"],
    [`event/${"x".repeat(64)}`, undefined, 2, "passes"],
    [`event/${"x".repeat(65)}`, undefined, 2, "unknown-channel"],
    ["states", undefined, 2, "unknown-channel"],
    ["log/kernel", undefined, 2, "unknown-channel"],
    ["reported", undefined, 2, "unknown-channel"],
    ["log", undefined, maxPayloadBytes + 1, "too-large"],
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
