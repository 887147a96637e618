import { z } from "zod";

/** Ways by which devices reach the installation. */
export const specifiedTransports = ["mqtts", "mqtt", "wss", "ws", "https"] as const;
export type SpecifiedTransport = (typeof specifiedTransports)[number];

/** MQTT as the device speaks it. */
export const specifiedProtocols = ["mqtt-5", "mqtt-3.1.1"] as const;

/** Classes of constrained devices (RFC 7228 §3), by memory, and what is above them. */
export const deviceClasses = ["class-0", "class-1", "class-2", "unconstrained"] as const;
export type DeviceClass = (typeof deviceClasses)[number];

/** What the interface calls a device class. */
export const deviceClassNames: Readonly<Record<DeviceClass, string>> = {
  "class-0": "Class 0: far below 10 KiB of RAM",
  "class-1": "Class 1: about 10 KiB of RAM, 100 KiB of code",
  "class-2": "Class 2: about 50 KiB of RAM, 250 KiB of code",
  unconstrained: "Not constrained",
};

/** How devices of a profile are to reach the installation, and why it was chosen so. */
export const transportSpecification = z.strictObject({
  transports: z.array(z.enum(specifiedTransports)).min(1, "Choose at least one way.").max(5),
  protocol: z.enum(specifiedProtocols),
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  deviceClass: z.enum(deviceClasses),
  /** Of one device. */
  messagesPerHour: z
    .number("How many messages an hour?")
    .positive("More than none.")
    .max(3_600_000, "At most 3 600 000 an hour."),
  rationale: z.string().trim().max(2_000, "At most 2 000 characters.").default(""),
});

export type TransportSpecification = z.output<typeof transportSpecification>;

/** The same as it is kept: who wrote it and who approved it. Times are ISO 8601 in UTC. */
export type RecordedSpecification = TransportSpecification & {
  readonly writtenBy: string;
  readonly writtenAt: string;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
};
