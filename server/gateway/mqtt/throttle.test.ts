import { describe, expect, test } from "vitest";
import { defaultLimits, type MqttLimits } from "#server/gateway/mqtt/limits.ts";
import { createRates } from "#server/gateway/mqtt/rates.ts";
import type { Principal } from "#server/gateway/identify/principal.ts";

function device(id: bigint, tenantId = "t"): Principal {
  const deviceId = `pump-${id}`;
  return {
    kind: "device",
    device: { tenantId, deviceKey: id, id: deviceId, deviceId, profileId: "p", state: "active" },
  };
}

const unlimited = 0;
const limits: MqttLimits = {
  connection: { ...defaultLimits.connection, messagesPerSecond: 10, bytesPerSecond: 1_000 },
  device: {
    connections: 10,
    sessions: 10,
    connectsPerMinute: 3,
    messagesPerSecond: 15,
    bytesPerSecond: unlimited,
  },
  tenant: {
    connections: 2,
    connectsPerSecond: 100,
    messagesPerSecond: 20,
    bytesPerSecond: unlimited,
  },
};

describe("a rate", () => {
  test("lets two seconds' worth through at once, then makes the client wait", () => {
    let now = 1_000;
    const throttle = createRates(() => now).throttleFor(device(1n), () => limits);
    expect(throttle.charge(20, 100, now)).toBeUndefined();
    expect(throttle.charge(5, 100, now)).toEqual({ waitMs: 500, scope: "connection" });
    now += 500;
    expect(throttle.charge(0, 0, now)).toBeUndefined();
  });

  test("that is changed holds for a connection that is open", () => {
    let held = limits;
    const throttle = createRates(() => 0).throttleFor(device(1n), () => held);
    expect(throttle.charge(20, 0, 0)).toBeUndefined();
    held = { ...limits, connection: { ...limits.connection, messagesPerSecond: 1 } };
    expect(throttle.charge(10, 0, 0)?.waitMs).toBeGreaterThan(5_000);
  });

  test("counts bytes as well", () => {
    const throttle = createRates(() => 0).throttleFor(device(1n), () => limits);
    expect(throttle.charge(1, 3_000, 0)).toEqual({ waitMs: 1_000, scope: "connection" });
  });

  test("of a device is shared by its connections, that of a tenant by its devices", () => {
    const rates = createRates(() => 0);
    const [one, two] = [
      rates.throttleFor(device(1n), () => limits),
      rates.throttleFor(device(1n), () => limits),
    ];
    expect(one.charge(20, 0, 0)).toBeUndefined();
    expect(two.charge(20, 0, 0)?.scope).toBe("device");
    const other = rates.throttleFor(device(2n), () => limits);
    expect(other.charge(20, 0, 0)?.scope).toBe("tenant");
    const stranger = rates.throttleFor(device(3n, "u"), () => limits);
    expect(stranger.charge(20, 0, 0)).toBeUndefined();
  });
});

describe("connects", () => {
  test("of one device are bounded per minute", () => {
    let now = 0;
    const rates = createRates(() => now);
    const connect = () => rates.connect(device(1n), limits, { ofTenant: 0, ofOwner: 0 });
    for (let at = 0; at < 3; at += 1) expect(connect()).toBeUndefined();
    expect(connect()).toMatchObject({
      cause: "rate",
      detail: "pump-1 connected more than 3 times a minute.",
    });
    expect(rates.connect(device(2n), limits, { ofTenant: 0, ofOwner: 0 })).toBeUndefined();
    now += 20_000;
    expect(connect()).toBeUndefined();
  });

  test("of a tenant are bounded in number", () => {
    const rates = createRates(() => 0);
    expect(rates.connect(device(1n), limits, { ofTenant: 1, ofOwner: 0 })).toBeUndefined();
    expect(rates.connect(device(1n), limits, { ofTenant: 2, ofOwner: 0 })).toMatchObject({
      cause: "too-many-connections",
    });
  });
});
