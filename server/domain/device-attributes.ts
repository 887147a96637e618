import { z } from "zod";
import { isForbiddenName } from "#server/domain/field-name.ts";

const value = z.union([z.string().max(256, "At most 256 characters."), z.number(), z.boolean()]);

/** What people note of a device: flat, and few. Messages can be enriched with it. */
export const deviceAttributes = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, "Use letters, digits, dots, underscores, hyphens.")
      .refine((name) => !isForbiddenName(name) && name !== "id", "This name is taken."),
    value,
  )
  .refine((attributes) => Object.keys(attributes).length <= 32, "At most 32 attributes.");

export type DeviceAttributes = z.output<typeof deviceAttributes>;
