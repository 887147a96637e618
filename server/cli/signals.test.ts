import { describe, expect, it } from "vitest";
import {
  advanceSignal,
  initialSignal,
  isDroppedOut,
  payloadOf,
  valuesOf,
  type Behaviour,
  type DeviceKind,
} from "#server/cli/signals.ts";

const steady: Behaviour = { name: "steady" };

function after(hours: number, random = () => 0.5) {
  let state = initialSignal;
  for (let second = 0; second < hours * 3_600; second += 10) {
    state = advanceSignal(state, { seconds: 10, random });
  }
  return state;
}

describe("a simulated signal", () => {
  it.each<DeviceKind>(["pump", "smart-meter"])("of a %s stays finite for a day", (kind) => {
    const values = valuesOf(kind, after(24, Math.random), steady);

    const numbers = Object.values(values).filter((value) => typeof value === "number");
    expect(numbers.every(Number.isFinite)).toBe(true);
    expect(Number(values["battery"])).toBeGreaterThan(0);
    expect(Number(values["flow"])).toBeGreaterThanOrEqual(0);
  });

  it("drifts away from its usual range only when told to", () => {
    const state = after(6);

    const usual = valuesOf("pump", state, steady)["temperature"];
    const drifting = valuesOf("pump", state, { name: "drift", perHour: 2 })["temperature"];

    expect(Number(drifting) - Number(usual)).toBeCloseTo(12, 1);
  });
});

describe("dropouts", () => {
  const behaviour: Behaviour = { name: "dropouts", everySeconds: 60, forSeconds: 20 };
  it.each([
    [0, false],
    [59, false],
    [60, true],
    [79, true],
    [80, false],
    [141, true],
  ])("at %d s: %s", (elapsed, expected) => {
    expect(isDroppedOut(behaviour, elapsed)).toBe(expected);
  });
});

describe("a payload", () => {
  it("carries id, time and sequence beside the values", () => {
    const payload = payloadOf({ values: { flow: 1 }, behaviour: steady, sequence: 3, ts: 36 });

    expect(JSON.parse(payload)).toEqual({ id: "10-3", ts: 36, seq: 3, values: { flow: 1 } });
  });

  it("of a device with a bad schema breaks it once in a while", () => {
    const kinds = [1, 2, 3, 4].map((sequence) => {
      const payload = payloadOf({
        values: { temperature: 20 },
        behaviour: { name: "bad-schema", every: 2 },
        sequence,
        ts: 1,
      });
      const { values } = JSON.parse(payload) as { values: Record<string, unknown> };
      return typeof values["temperature"];
    });

    expect(kinds).toEqual(["number", "string", "number", "string"]);
  });
});
