import { expect, it } from "vitest";
import { demoDevices, demoProfiles } from "#server/cli/demo-fleet.ts";
import {
  advanceSignal,
  initialSignal,
  payloadOf,
  recordOf,
  valuesOf,
} from "#server/cli/signals.ts";
import { isDeviceId } from "#server/domain/device-id.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";

it("has 24 devices with ids of their own, on profiles that exist", () => {
  const profiles = new Set(demoProfiles.map(({ name }) => name));

  expect(demoDevices).toHaveLength(24);
  expect(new Set(demoDevices.map(({ deviceId }) => deviceId)).size).toBe(24);
  expect(demoDevices.every(({ deviceId }) => isDeviceId(deviceId))).toBe(true);
  expect(demoDevices.every(({ profile }) => profiles.has(profile))).toBe(true);
});

it("shows every trouble", () => {
  const behaviours = new Set(demoDevices.map(({ behaviour }) => behaviour.name));

  expect([...behaviours].toSorted()).toEqual(["bad-schema", "drift", "dropouts", "steady"]);
});

it.each(demoDevices.map((device) => [device.deviceId, device] as const))(
  "what %s sends fits its schema, unless it is the one that mumbles",
  (_, device) => {
    const profile = demoProfiles.find(({ name }) => name === device.profile)!;
    const { validate } = compileSchema(profile.jsonSchema);
    let state = initialSignal;
    for (let step = 0; step < 200; step += 1) {
      state = advanceSignal(state, { seconds: 30, random: Math.random });
    }

    const verdicts = [1, 2, 3, 4, 5, 6, 7, 8].map((sequence) => {
      const values = valuesOf(device.kind, state, device.behaviour);
      const payload = payloadOf({ values, behaviour: device.behaviour, sequence, ts: 1 });
      return validate((JSON.parse(payload) as { values: unknown }).values);
    });

    const refused = device.behaviour.name === "bad-schema" ? 1 : 0;
    expect(verdicts.filter(({ ok }) => !ok)).toHaveLength(refused);
  },
);

it.each(["pump", "smart-meter"] as const)(
  "a %s brings a day along, which is alike when sent again",
  (kind) => {
    const until = 1_795_000_123_000;
    const at = { until, hours: 24, random: () => 0.5 };
    const { payloads, state } = recordOf(kind, at);
    const readings = payloads.flatMap((text) => JSON.parse(text) as { id: string; ts: number }[]);

    expect(readings).toHaveLength(1_440);
    expect(readings.at(-1)?.ts).toBe(1_795_000_080_000);
    expect(new Set(readings.map(({ id }) => id)).size).toBe(1_440);
    expect(recordOf(kind, { ...at, until: until + 1_000 }).payloads).toEqual(payloads);
    expect(state.elapsedSeconds).toBe(0);
  },
);
