import { z } from "zod";
import { role } from "#server/services/user/schemas.ts";

export const createTokenInput = z.object({
  name: z.string().trim().min(1, "Say what the token is for.").max(100, "At most 100 characters."),
  role,
  /** Absent: until it is revoked. */
  expiresInDays: z
    .int("Whole days.")
    .min(1, "At least one day.")
    .max(3650, "At most 3650 days.")
    .optional(),
});

export const tokenTarget = z.object({
  tokenId: z.uuid({ error: "This is not the id of a token." }),
});
