import { z } from "zod";
import { deviceRef } from "#server/services/device/schemas.ts";

/** An instant as ISO 8601 or as epoch milliseconds. */
const instant = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date(),
);

/** One cause, several with commas between them, or a list. */
const causes = z.preprocess(
  (value) => [value].flat().flatMap((each) => (typeof each === "string" ? each.split(",") : each)),
  z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "is no cause of a refusal"))
    .min(1)
    .max(64),
);

const window = z.object({
  /** The device's own id or UUID: refusals of the device and of whoever claimed to be it. */
  deviceId: deviceRef.optional(),
  /** Part of a name, an explanation, an address, or a certificate's fingerprint. */
  text: z.string().trim().min(1).max(128).optional(),
  /** Refused last at this instant or later. */
  from: instant.optional(),
  /** Refused last before this instant. */
  to: instant.optional(),
});

export const refusedConnectionFilter = window.extend({ cause: causes.optional() });

export const refusedConnectionListSchema = refusedConnectionFilter.extend({
  /** Given by the page before; opaque. */
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});

export const refusedConnectionFacetsSchema = window;
