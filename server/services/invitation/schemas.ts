import { z } from "zod";
import { email, linkToken, newPassword, personName } from "#server/services/auth/schemas.ts";
import { role } from "#server/services/user/schemas.ts";

export const inviteInput = z.object({ email, name: personName, role });

export const invitationTarget = z.object({
  invitationId: z.uuid({ error: "This is not the id of an invitation." }),
});

export const acceptInput = z.object({ token: linkToken, password: newPassword });
