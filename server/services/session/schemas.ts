import { z } from "zod";

export const sessionTarget = z.object({
  sessionId: z.uuid({ error: "This is not the id of a session." }),
});
