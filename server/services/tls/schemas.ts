import { z } from "zod";
import { tlsProfileNames } from "#server/domain/tls-profiles.ts";

export const tlsShowSchema = z.object({});

export const changeTlsProfileSchema = z.object({
  profile: z.enum(tlsProfileNames, `The profile is one of ${tlsProfileNames.join(", ")}.`),
  /** As it was read; 0 while nobody has chosen. */
  revision: z.coerce.number("A whole number.").int("A whole number.").min(0, "Not below 0."),
});

export const requestTlsProbeSchema = z.object({});

export const createTlsProbeDeviceSchema = z.object({});

export const tlsProbeListSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const tlsProbeSchema = z.object({ id: z.uuid("Which probe?") });
