import { z } from "zod";
import {
  deviceClasses,
  specifiedProtocols,
  specifiedTransports,
} from "#server/domain/transport-specification.ts";

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
