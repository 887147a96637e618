import type { Behaviour, DeviceKind } from "#server/cli/signals.ts";
import type { z } from "zod";
import type { createProfileSchema } from "#server/services/profile/schemas.ts";

/** Profiles of the demo, by name. */
export const demoProfiles: readonly z.input<typeof createProfileSchema>[] = [
  {
    name: "pump",
    description: "Pump with motor and bearing sensors, one message every few seconds",
    expectedContactSeconds: 60,
    jsonSchema: pumpSchema(),
  },
  {
    name: "loan-pump",
    description: "Pump on loan to a contractor: certificates of one week",
    expectedContactSeconds: 60,
    // People renew it, and are told: the demo shows an alert and a bar that nobody plans.
    certificateDays: 7,
    jsonSchema: pumpSchema(),
  },
  {
    name: "smart-meter",
    description: "Water meter at a customer's connection",
    expectedContactSeconds: 300,
    certificatePolicy: { renewal: "automatic", overlapDays: 1 },
    jsonSchema: {
      type: "object",
      properties: {
        flow: { type: "number", unit: "m³/h", minimum: 0, maximum: 50 },
        volume: { type: "number", unit: "m³", minimum: 0 },
        temperature: { type: "number", unit: "°C", minimum: -20, maximum: 60 },
        leak: { type: "boolean" },
        battery: { type: "number", unit: "%", minimum: 0, maximum: 100 },
      },
      required: ["flow", "volume"],
    },
  },
];

function pumpSchema(): Record<string, unknown> {
  return {
    type: "object",
    properties: {
      temperature: { type: "number", unit: "°C", minimum: -40, maximum: 150 },
      flow: { type: "number", unit: "L/s", minimum: 0, maximum: 100 },
      pressure: { type: "number", unit: "bar", minimum: 0, maximum: 25 },
      vibration: { type: "number", unit: "mm/s", minimum: 0 },
      running: { type: "boolean" },
      battery: { type: "number", unit: "%", minimum: 0, maximum: 100 },
    },
    required: ["temperature", "flow"],
  };
}

/** A device of the demo. */
export type DemoDevice = {
  readonly deviceId: string;
  readonly name: string;
  readonly profile: string;
  readonly kind: DeviceKind;
  readonly behaviour: Behaviour;
  /** Registered and not installed yet: it has a certificate and never connects. */
  readonly waiting?: true;
};

const steady: Behaviour = { name: "steady" };

const stations = ["Harbour", "Mill Lane", "North Ridge", "Quarry", "Reservoir", "Weir"] as const;
const streets = ["Ash Street", "Bridge Road", "Church Hill", "Dock Row", "Elm Close"] as const;

function pump(station: string, index: number, behaviour: Behaviour): DemoDevice {
  const place = station.toLowerCase().replaceAll(" ", "-");
  return {
    deviceId: `nw-pump-${place}-${index}`,
    name: `${station} pump ${index}`,
    profile: "pump",
    kind: "pump",
    behaviour,
  };
}

function meter(street: string, index: number, behaviour: Behaviour): DemoDevice {
  const place = street.toLowerCase().replaceAll(" ", "-");
  return {
    deviceId: `nw-meter-${place}-${index}`,
    name: `${street} meter ${index}`,
    profile: "smart-meter",
    kind: "smart-meter",
    behaviour,
  };
}

/** What some of the pumps and meters do besides working. */
const unusual: Readonly<Record<string, Behaviour>> = {
  "nw-pump-quarry-2": { name: "drift", perHour: 6 },
  "nw-pump-weir-1": { name: "dropouts", everySeconds: 180, forSeconds: 45 },
  "nw-pump-mill-lane-2": { name: "bad-schema", every: 8 },
  "nw-meter-dock-row-1": { name: "dropouts", everySeconds: 400, forSeconds: 200 },
};

/** The demo's devices: 24, most of them steady, each trouble once or twice. */
export const demoDevices: readonly DemoDevice[] = [
  ...stations.flatMap((station) => [pump(station, 1, steady), pump(station, 2, steady)]),
  ...streets.flatMap((street) => [meter(street, 1, steady), meter(street, 2, steady)]),
  {
    deviceId: "nw-pump-loan-1",
    name: "Contractor's pump",
    profile: "loan-pump",
    kind: "pump" as const,
    behaviour: steady,
  },
  {
    deviceId: "nw-meter-new-1",
    name: "Meter in the store room",
    profile: "smart-meter",
    kind: "smart-meter" as const,
    behaviour: steady,
    waiting: true as const,
  },
].map((device) => ({ ...device, behaviour: unusual[device.deviceId] ?? device.behaviour }));
