import { z } from "zod";
import { revocationChips } from "#server/domain/revocation-state.ts";

export const revocationListSchema = z.object({
  /** `trying`: still shown to us, and refused. */
  state: z.enum(revocationChips).optional(),
  /** In the device's id or name, the SHA-256 fingerprint, or the serial number. */
  q: z.string().trim().max(200, "Search for at most 200 characters.").optional(),
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const revocationShowSchema = z.object({ revocationId: z.uuid("Which revocation?") });
