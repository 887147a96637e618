import { z } from "zod";

/** Bounds in degrees of WGS 84; `west` may be greater than `east` across the date line. */
export const boundsSchema = z
  .object({
    south: z.coerce.number().min(-90).max(90),
    west: z.coerce.number().min(-180).max(180),
    north: z.coerce.number().min(-90).max(90),
    east: z.coerce.number().min(-180).max(180),
  })
  .refine(({ south, north }) => south <= north, {
    path: ["north"],
    message: "must not lie south of south",
  });

/** A part of the map: bounds that have a height. */
export const mapBoundsSchema = boundsSchema.refine(({ south, north }) => south !== north, {
  path: ["north"],
  message: "must be north of south",
});
