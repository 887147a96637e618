import { describe, expect, test } from "vitest";
import { channelOf, deviceTopics, maySubscribe } from "#server/gateway/mqtt/topics.ts";

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

  test.each([
    ["qs/v1/d/pump-17/dn/#", true],
    ["qs/v1/d/pump-17/dn/command/+/+", true],
    ["qs/v1/d/pump-17/dn/", false],
    ["qs/v1/d/pump-17/#", false],
    ["qs/v1/d/+/dn/#", false],
    ["qs/v1/d/pump-18/dn/#", false],
    ["+/v1/d/pump-17/dn/x", false],
    ["#", false],
    ["$share/g/qs/v1/d/pump-17/dn/#", false],
  ])("subscribing to %s: %s", (filter, may) => expect(maySubscribe(own, filter)).toBe(may));
});
