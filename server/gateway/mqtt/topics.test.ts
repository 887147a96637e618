import { describe, expect, test } from "vitest";
import { channelOf, deviceTopics } from "#server/gateway/mqtt/topics.ts";

const own = deviceTopics("pump-17");

describe("what a device may do", () => {
  test.each([
    ["qs/v1/d/pump-17/up/telemetry", "telemetry"],
    ["qs/v1/d/pump-17/up/telemetry/motor", "telemetry/motor"],
    ["qs/v1/d/pump-17/up/", undefined],
    ["qs/v1/d/pump-17/up", undefined],
    ["qs/v1/d/pump-17/dn/command", undefined],
    ["qs/v1/d/pump-18/up/telemetry", undefined],
    ["qs/v1/d/pump-1/up/telemetry", undefined],
    ["qs/v1/d/pump-17x/up/telemetry", undefined],
    ["/qs/v1/d/pump-17/up/telemetry", undefined],
    ["$SYS/x", undefined],
    ["__proto__", undefined],
  ])("publishing to %s goes to the channel %s", (topic, channel) =>
    expect(channelOf(own, topic)).toBe(channel),
  );
});
