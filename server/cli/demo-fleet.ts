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
  readonly tags: readonly string[];
  /** Degrees of WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
  readonly place: string;
  /** Registered and not installed yet: it has a certificate and never connects. */
  readonly waiting?: true;
};

const steady: Behaviour = { name: "steady" };

type Degrees = readonly [latitude: number, longitude: number];

const stations: Readonly<Record<string, Degrees>> = {
  Harbour: [53.3095, -4.6331],
  "Mill Lane": [53.2632, -4.0912],
  "North Ridge": [53.2304, -4.1298],
  Quarry: [53.1146, -4.1257],
  Reservoir: [52.9918, -3.9405],
  Weir: [53.2801, -3.8295],
};
const streets: Readonly<Record<string, Degrees>> = {
  "Ash Street": [53.3241, -3.4914],
  "Bridge Road": [53.3198, -3.4806],
  "Church Hill": [53.3262, -3.4702],
  "Dock Row": [53.3176, -3.5021],
  "Elm Close": [53.3305, -3.4873],
};

const slugOf = (name: string) => name.toLowerCase().replaceAll(" ", "-");

/** Two devices of a site stand some metres apart. */
function placed(site: string, [latitude, longitude]: Degrees, index: number) {
  return {
    latitude: latitude + index * 0.0004,
    longitude: longitude + index * 0.0006,
    place: site,
  };
}

function pump([site, at]: readonly [string, Degrees], index: number): DemoDevice {
  return {
    deviceId: `nw-pump-${slugOf(site)}-${index}`,
    name: `${site} pump ${index}`,
    profile: "pump",
    kind: "pump",
    behaviour: steady,
    tags: ["pumping-station", slugOf(site)],
    ...placed(`${site} pumping station`, at, index),
  };
}

function meter([site, at]: readonly [string, Degrees], index: number): DemoDevice {
  return {
    deviceId: `nw-meter-${slugOf(site)}-${index}`,
    name: `${site} meter ${index}`,
    profile: "smart-meter",
    kind: "smart-meter",
    behaviour: steady,
    tags: ["household", slugOf(site)],
    ...placed(site, at, index),
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
  ...Object.entries(stations).flatMap((site) => [pump(site, 1), pump(site, 2)]),
  ...Object.entries(streets).flatMap((site) => [meter(site, 1), meter(site, 2)]),
  {
    deviceId: "nw-pump-loan-1",
    name: "Contractor's pump",
    profile: "loan-pump",
    kind: "pump" as const,
    behaviour: steady,
    tags: ["on-loan"],
    ...placed("Contractor's yard", [53.2201, -3.7511], 0),
  },
  {
    deviceId: "nw-meter-new-1",
    name: "Meter in the store room",
    profile: "smart-meter",
    kind: "smart-meter" as const,
    behaviour: steady,
    tags: ["spare"],
    ...placed("Store room", [53.2268, -4.1293], 0),
    waiting: true as const,
  },
].map((device) => ({ ...device, behaviour: unusual[device.deviceId] ?? device.behaviour }));
