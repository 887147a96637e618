import { describe, expect, it } from "vitest";
import {
  allLimits,
  defaultListenerLimits,
  describeLimit,
  effectiveLimits,
  limitAllows,
} from "#server/domain/listener-limits.ts";

describe("the table of limits", () => {
  it.each(allLimits())(
    "$scope.$name has a default within its bounds and says what it is",
    ({ description }) => {
      expect(limitAllows(description, description.default)).toBe(true);
      expect(description.explanation).toMatch(/^[A-Z].*\.$/);
    },
  );

  it.each([
    ["connection", "nothing"],
    ["connection", "__proto__"],
    ["__proto__", "messagesPerSecond"],
    ["constructor", "name"],
    ["", ""],
  ])("knows no limit %j %j", (scope, name) => {
    expect(describeLimit(scope, name)).toBeUndefined();
  });

  it.each([
    [1_023, false],
    [1_024, true],
    [16_777_216, true],
    [16_777_217, false],
    [2_000.5, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])("a largest packet of %d bytes is allowed: %s", (value, allowed) => {
    expect(limitAllows(describeLimit("connection", "maxPacketBytes")!, value)).toBe(allowed);
  });
});

describe("the limits in force", () => {
  it("are the defaults until something is set", () => {
    expect(effectiveLimits([])).toEqual(defaultListenerLimits);
  });

  it("are what was set, for its scope and no other", () => {
    const limits = effectiveLimits([{ scope: "device", name: "messagesPerSecond", value: 5 }]);

    expect(limits.device.messagesPerSecond).toBe(5);
    expect(limits.connection).toEqual(defaultListenerLimits.connection);
    expect(limits.tenant).toEqual(defaultListenerLimits.tenant);
  });

  it("leave out what this version does not know or does not allow", () => {
    const limits = effectiveLimits([
      { scope: "device", name: "gone", value: 5 },
      { scope: "planet", name: "messagesPerSecond", value: 5 },
      { scope: "connection", name: "maxPacketBytes", value: 1 },
    ]);

    expect(limits).toEqual(defaultListenerLimits);
  });

  it("start from other defaults where a worker has them", () => {
    const base = {
      ...defaultListenerLimits,
      tenant: { ...defaultListenerLimits.tenant, connections: 7 },
    };

    expect(effectiveLimits([], base).tenant.connections).toBe(7);
  });
});
