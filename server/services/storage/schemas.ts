import { z } from "zod";

export const showStorageSchema = z.object({});

const dayMs = 86_400_000;

export const rebuildRollupsSchema = z
  .object({
    from: z.coerce.date("A time such as 2026-11-20T08:00:00Z."),
    /** The first instant that is not in the range. */
    to: z.coerce.date("A time such as 2026-11-20T10:00:00Z."),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "Must be after from." })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= 3 * dayMs, {
    path: ["to"],
    message: "At most three days at a time.",
  });
