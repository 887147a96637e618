import { z } from "zod";

/** Children that one gateway may have, whatever its policy says. */
export const mostChildren = 10_000;

const tag = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/,
    "A tag has 1 to 64 letters, digits, dots, colons, slashes, underscores or hyphens.",
  );

/** What becomes of children that a gateway names and nobody has registered. */
export const childPolicy = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("refuse") }),
  z.object({
    mode: z.literal("register"),
    /** UUID of the profile that they get. */
    profileId: z.uuid("Choose a profile."),
    /** What they send is kept apart until somebody approves them. */
    quarantine: z.boolean().default(true),
    tags: z.array(tag).max(32, "At most 32 tags.").default([]),
    maxChildren: z
      .int("A whole number.")
      .min(1, "At least 1.")
      .max(mostChildren, `At most ${mostChildren}.`)
      .default(500),
  }),
]);

export type ChildPolicy = z.output<typeof childPolicy>;

/** What holds where nobody said anything. */
const refuseChildren: ChildPolicy = { mode: "refuse" };

/** Reads a policy as it is stored; what is absent or not understood refuses. */
export function readChildPolicy(stored: unknown): ChildPolicy {
  return childPolicy.safeParse(stored).data ?? refuseChildren;
}
