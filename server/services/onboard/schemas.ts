import { z } from "zod";

export const waitingSchema = z.object({});

export const quarantineListSchema = z.object({
  /** `none` leaves out devices of a batch, which are decided with their batch. */
  batches: z.enum(["none", "all"]).default("none"),
  /** Part of a name or device id. */
  q: z.string().trim().max(128, "must have at most 128 characters").default(""),
  cursor: z
    .string()
    .regex(/^[0-9]{1,18}$/, "This is no cursor of this list.")
    .optional(),
});
