import { z } from "zod";
import { mostDays } from "#server/domain/certificate-filter.ts";
import { certificateKinds } from "#server/domain/certificate-kind.ts";
import { certificateStandings } from "#server/domain/certificate-standing.ts";

const day = z.iso.date("A day as 2026-11-30.");

/** What the table of certificates is narrowed to. An empty list narrows nothing. */
export const certificateFilterSchema = z.object({
  /** Part of a device id, name or subject, or the beginning of a serial number or fingerprint. */
  text: z.string().trim().max(128, "must have at most 128 characters").default(""),
  kinds: z.array(z.enum(certificateKinds)).max(certificateKinds.length).default([]),
  /** Empty: all but superseded, retired and revoked ones. */
  standings: z.array(z.enum(certificateStandings)).max(certificateStandings.length).default([]),
  profileIds: z.array(z.uuid()).max(50).default([]),
  /** Distinguished names. */
  issuers: z.array(z.string().min(1).max(500)).max(20).default([]),
  /** Those that end within so many days from now, not those that have ended. */
  withinDays: z.coerce.number().int().min(1).max(mostDays).optional(),
  /** First and last day on which they end, UTC. */
  from: day.optional(),
  to: day.optional(),
  /** Only those of devices that cannot be in contact before they end, going by their profile. */
  beforeContact: z.boolean().default(false),
});
