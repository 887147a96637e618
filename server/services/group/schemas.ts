import { z } from "zod";
import { isNarrowed } from "#server/domain/fleet-filter.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";

/** Groups of an organisation. */
export const maxGroups = 500;

const name = z
  .string()
  .trim()
  .min(1, "Give the group a name.")
  .max(100, "At most 100 characters.")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text, please.");
const description = z.string().trim().max(500, "At most 500 characters.");
const filter = fleetFilterSchema.refine(isNarrowed, {
  message: "A group is narrowed by something; this filter matches every device.",
});

export const groupListSchema = z.object({});

export const groupTargetSchema = z.object({ groupId: z.uuid("This is no group's id.") });

export const createGroupSchema = z.object({ name, description: description.default(""), filter });

export const changeGroupSchema = groupTargetSchema.extend({
  name: name.optional(),
  description: description.optional(),
  filter: filter.optional(),
  /** That was read: whoever changes an older one meets a conflict. */
  revision: z.int("The revision that was read."),
});
