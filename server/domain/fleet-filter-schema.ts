import { z } from "zod";
import { certificateLives } from "#server/domain/certificate-life.ts";
import { longestContact, maxQueryLength } from "#server/domain/fleet-filter.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import { boundsSchema } from "#server/domain/map-grid-schema.ts";
import { presences } from "#server/domain/presence.ts";

const query = z
  .string()
  .trim()
  .max(maxQueryLength, `must have at most ${maxQueryLength} characters`)
  .superRefine((text, context) => {
    const [first] = parseFleetQuery(text).problems;
    if (first !== undefined) context.addIssue({ code: "custom", message: first.message });
  });

/** What the fleet table is narrowed to: all of it must hold. An empty list narrows nothing. */
export const fleetFilterSchema = z.object({
  /** Part of a name or device id, as it stands. */
  text: z.string().trim().max(128, "must have at most 128 characters").default(""),
  /** In the language of server/domain/fleet-query.ts. */
  query: query.default(""),
  presence: z.array(z.enum(presences)).max(presences.length).default([]),
  profileIds: z.array(z.uuid()).max(50).default([]),
  certificate: z.array(z.enum(certificateLives)).max(certificateLives.length).default([]),
  /** UUID of a gateway: the devices behind it. */
  gatewayId: z.uuid().optional(),
  /** Devices with one of these tags. */
  tags: z.array(z.string().min(1).max(64)).max(50).default([]),
  /** Devices with one of these versions, as they say it. */
  firmware: z.array(z.string().min(1).max(128)).max(50).default([]),
  /** Devices of one of these groups. */
  groupIds: z.array(z.uuid()).max(20).default([]),
  location: z.enum(["known", "unknown"]).optional(),
  bounds: boundsSchema.optional(),
  /** Seconds: the last contact was longer ago. Those never seen do not match. */
  contactBefore: z.coerce.number().int().min(1).max(longestContact).optional(),
  /** Seconds: the last contact was within them. */
  contactWithin: z.coerce.number().int().min(1).max(longestContact).optional(),
});
