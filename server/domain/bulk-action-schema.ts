import { z } from "zod";
import { maxBulkTags } from "#server/domain/bulk-action.ts";

const tagPattern = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const tags = z
  .array(
    z
      .string()
      .trim()
      .regex(
        tagPattern,
        "A tag has 1 to 64 letters, digits, dots, colons, slashes, underscores or hyphens.",
      ),
  )
  .min(1, "Name at least one tag.")
  .max(maxBulkTags, `At most ${maxBulkTags} tags at once.`)
  .transform((list) => [...new Set(list)]);

/** What is done to every device of a bulk job. */
export const bulkActionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("add_tags"), tags }),
  z.object({ kind: z.literal("remove_tags"), tags }),
  z.object({
    kind: z.literal("set_place"),
    /** Where they are, in words; empty takes it away. */
    place: z
      .string()
      .trim()
      .max(200, "A place has at most 200 characters.")
      .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "A place is one line of text."),
  }),
  z.object({ kind: z.literal("set_profile"), profileId: z.uuid("Choose a profile.") }),
  z.object({ kind: z.literal("quarantine") }),
  z.object({
    kind: z.literal("approve"),
    /** Put what was sent in quarantine into the series. */
    replay: z.boolean().default(true),
  }),
  z.object({ kind: z.literal("suspend") }),
  z.object({ kind: z.literal("resume") }),
  z.object({
    kind: z.literal("decommission"),
    /** What becomes of the devices behind a gateway. */
    children: z
      .enum(["detach", "decommission"], "Choose detach or decommission.")
      .default("detach"),
    /** What becomes of what they sent. */
    data: z.enum(["keep", "erase"], "Choose keep or erase.").default("keep"),
  }),
]);
