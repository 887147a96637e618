import type { z } from "zod";
import type { transportSpecification } from "#server/domain/transport-specification-schema.ts";

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
export type TransportSpecification = z.output<typeof transportSpecification>;

/** The same as it is kept: who wrote it and who approved it. Times are ISO 8601 in UTC. */
export type RecordedSpecification = TransportSpecification & {
  readonly writtenBy: string;
  readonly writtenAt: string;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
};
