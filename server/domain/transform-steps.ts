import { z } from "zod";

const field = z.string().trim().min(1, "Name the field.").max(128, "At most 128 characters.");
const unit = z.string().trim().min(1, "Give a UCUM unit.").max(32, "At most 32 characters.");
const plain = z.union([z.number(), z.boolean(), z.string().max(1024), z.null()]);

/**
 * One change to the values of a reading. Used by schema versions on what comes in, and by the
 * workbench on dead letters. Fields are members of the values object.
 */
export const transformStep = z.discriminatedUnion("op", [
  z.object({ op: z.literal("rename"), from: field, to: field }),
  z.object({ op: z.literal("remove"), field }),
  z.object({ op: z.literal("set"), field, value: plain }),
  /** Only where the message has no value of its own. */
  z.object({ op: z.literal("default"), field, value: plain }),
  /** UCUM units that measure the same. */
  z.object({ op: z.literal("convert"), field, from: unit, to: unit }),
  /** To another JSON type: "21.5" becomes 21.5. */
  z.object({ op: z.literal("cast"), field, to: z.enum(["number", "string", "boolean"]) }),
  /** CEL over `values` and `device` (its attributes, id, name). */
  z.object({
    op: z.literal("compute"),
    field,
    expression: z.string().trim().min(1, "Give an expression.").max(2048),
    unit: unit.optional(),
  }),
  /** Copies a device attribute into the reading. */
  z.object({ op: z.literal("enrich"), field, attribute: field }),
]);
export type TransformStep = z.output<typeof transformStep>;

export const transformSteps = z.array(transformStep).max(50, "At most 50 steps.");
