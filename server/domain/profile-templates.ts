import type { ConnectivityModel } from "#server/domain/profile-parts.ts";
import type { TransportSpecification } from "#server/domain/transport-specification.ts";

/** A profile to start from. */
export type ProfileTemplate = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly connectivity: ConnectivityModel;
  readonly expectedContactSeconds: number;
  readonly maxPastSeconds: number;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly specification: TransportSpecification;
};

const day = 86_400;

const number = (unit: string, description: string, category?: string) => ({
  type: "number",
  unit,
  description,
  ...(category !== undefined && { category }),
});

const objectOf = (properties: Readonly<Record<string, unknown>>) => ({
  type: "object",
  properties,
  additionalProperties: false,
});

/** Kinds of devices that many fleets have. */
export const profileTemplates: readonly ProfileTemplate[] = [
  {
    id: "climate-sensor",
    name: "Climate sensor",
    description: "Temperature and humidity of a room, every few minutes, on mains power.",
    connectivity: "always_on",
    expectedContactSeconds: 600,
    maxPastSeconds: 7 * day,
    jsonSchema: objectOf({
      temperature: number("Cel", "Air temperature"),
      humidity: number("%", "Relative humidity"),
      battery: number("%", "Charge of the battery", "diagnostics"),
    }),
    specification: {
      transports: ["mqtts"],
      protocol: "mqtt-5",
      qos: 1,
      deviceClass: "class-2",
      messagesPerHour: 12,
      rationale: "",
    },
  },
  {
    id: "meter",
    name: "Meter",
    description: "Counts what flows; wakes up, sends what it collected, and sleeps again.",
    connectivity: "store_and_forward",
    expectedContactSeconds: day,
    maxPastSeconds: 60 * day,
    jsonSchema: objectOf({
      volume: number("m3", "Counter reading", "usage"),
      flow: number("m3/h", "Flow at the time of reading", "usage"),
      battery: number("V", "Voltage of the battery", "diagnostics"),
    }),
    specification: {
      transports: ["mqtts"],
      protocol: "mqtt-3.1.1",
      qos: 1,
      deviceClass: "class-1",
      messagesPerHour: 1,
      rationale: "",
    },
  },
  {
    id: "machine",
    name: "Machine",
    description: "A pump, motor or compressor that is watched all the time.",
    connectivity: "always_on",
    expectedContactSeconds: 60,
    maxPastSeconds: 7 * day,
    jsonSchema: objectOf({
      speed: number("/min", "Revolutions"),
      temperature: number("Cel", "Of the bearing"),
      vibration: number("mm/s", "Root mean square"),
      running: { type: "boolean", description: "Whether it runs" },
    }),
    specification: {
      transports: ["mqtts"],
      protocol: "mqtt-5",
      qos: 1,
      deviceClass: "unconstrained",
      messagesPerHour: 360,
      rationale: "",
    },
  },
  {
    id: "tracker",
    name: "Tracker",
    description: "Says where it is; may be out of reach for days.",
    connectivity: "disconnected_tolerant",
    expectedContactSeconds: 7 * day,
    maxPastSeconds: 90 * day,
    jsonSchema: objectOf({
      latitude: number("deg", "WGS 84", "location"),
      longitude: number("deg", "WGS 84", "location"),
      speed: number("km/h", "Over ground", "location"),
      battery: number("%", "Charge of the battery", "diagnostics"),
    }),
    specification: {
      transports: ["mqtts"],
      protocol: "mqtt-5",
      qos: 1,
      deviceClass: "class-2",
      messagesPerHour: 4,
      rationale: "",
    },
  },
  {
    id: "gateway",
    name: "Gateway",
    description: "Speaks for devices behind it and says how it is itself.",
    connectivity: "always_on",
    expectedContactSeconds: 120,
    maxPastSeconds: 7 * day,
    jsonSchema: objectOf({
      load: number("1", "Load average of a minute", "diagnostics"),
      memory: number("%", "Memory in use", "diagnostics"),
      queued: number("1", "Messages that wait to be sent", "diagnostics"),
    }),
    specification: {
      transports: ["mqtts"],
      protocol: "mqtt-5",
      qos: 1,
      deviceClass: "unconstrained",
      messagesPerHour: 60,
      rationale: "",
    },
  },
];
