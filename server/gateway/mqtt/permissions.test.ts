import { describe, expect, it } from "vitest";
import type { Principal } from "#server/gateway/identify/principal.ts";
import { mayPublish, maySubscribe, remedyFor } from "#server/gateway/mqtt/permissions.ts";

const device: Principal = {
  kind: "device",
  device: {
    tenantId: "t",
    deviceKey: 1n,
    id: "i",
    deviceId: "pump-17",
    profileId: "p",
    state: "active",
  },
};

function service(operator: boolean, ...grants: [string, string][]): Principal {
  return {
    kind: "service",
    tenantId: "t",
    serviceClientId: "s",
    name: "node-red@acme",
    operator,
    grants: grants.map(([filter, may]) => ({
      filter,
      mayPublish: may.includes("p"),
      maySubscribe: may.includes("s"),
    })),
  };
}

describe("a device", () => {
  it.each([
    ["qs/v1/d/pump-17/up/telemetry", "telemetry"],
    ["qs/v1/d/pump-17/up/event/leak", "event/leak"],
  ])("publishes below its own up: %s", (topic, channel) => {
    expect(mayPublish(device, topic)).toEqual({ kind: "channel", channel });
  });

  it.each([
    "qs/v1/d/pump-17/up/",
    "qs/v1/d/pump-17/dn/command",
    "qs/v1/d/pump-18/up/telemetry",
    "qs/v1/d/pump-171/up/telemetry",
    "$SYS/broker/version",
    "other",
  ])("publishes nowhere else: %s", (topic) => {
    expect(mayPublish(device, topic)).toBeUndefined();
  });

  it.each([
    ["qs/v1/d/pump-17/dn/#", true],
    ["qs/v1/d/pump-17/dn/+", true],
    ["$share/g/qs/v1/d/pump-17/dn/#", true],
    ["qs/v1/d/pump-17/dn/command/+/+", true],
    ["qs/v1/d/pump-17/dn/", false],
    ["qs/v1/d/pump-18/dn/#", false],
    ["+/v1/d/pump-17/dn/x", false],
    ["qs/v1/d/pump-17/#", false],
    ["qs/v1/d/+/dn/#", false],
    ["$share/g/qs/v1/d/+/dn/#", false],
    ["#", false],
    ["$SYS/#", false],
  ])("subscribes to its own dn alone: %s", (filter, may) => {
    expect(maySubscribe(device, filter)).toBe(may);
  });
});

describe("a service client", () => {
  it("may do nothing without a grant", () => {
    expect(mayPublish(service(false), "a")).toBeUndefined();
    expect(maySubscribe(service(false), "a")).toBe(false);
  });

  it("publishes where a grant allows it, and never as a device", () => {
    const everything = service(true, ["#", "ps"]);
    expect(mayPublish(everything, "home/light")).toEqual({ kind: "relay" });
    expect(mayPublish(everything, "qs/v1/d/pump-17/dn/command")).toEqual({ kind: "relay" });
    expect(mayPublish(everything, "qs/v1/d/pump-17/up/telemetry")).toBeUndefined();
    expect(mayPublish(everything, "$SYS/broker/version")).toBeUndefined();
    expect(mayPublish(service(false, ["home/#", "s"]), "home/light")).toBeUndefined();
  });

  it.each([
    ["home/#", "home/+/state", true],
    ["home/#", "#", false],
    ["qs/v1/d/+/up/#", "qs/v1/d/+/up/telemetry", true],
    ["qs/v1/d/+/up/#", "$share/g/qs/v1/d/+/up/telemetry", true],
    ["home/+", "home/#", false],
    ["#", "$SYS/#", false],
  ])("with the grant %s may it subscribe to %s: %s", (grant, filter, may) => {
    expect(maySubscribe(service(true, [grant, "s"]), filter)).toBe(may);
  });

  it("sees $SYS with a grant of the operator's tenant alone", () => {
    expect(maySubscribe(service(true, ["$SYS/#", "s"]), "$SYS/#")).toBe(true);
    expect(maySubscribe(service(false, ["$SYS/#", "s"]), "$SYS/#")).toBe(false);
  });

  it.each([
    ["publish", "qs/v1/d/pump-17/up/telemetry", "Only the device itself"],
    ["publish", "$SYS/x", "the server's own"],
    ["subscribe", "$SYS/#", "the server's own"],
    ["publish", "home/light", "Grant it to"],
    ["subscribe", "qs/v1/d/+/up/#", "Grant it to"],
  ] as const)("is told what helps when it may not %s %s", (wish, topic, words) => {
    expect(remedyFor(service(false), wish, topic)).toContain(words);
  });
});
