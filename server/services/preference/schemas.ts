import { z } from "zod";
import { quantities, unitPreferenceFrom } from "#server/domain/units.ts";

/** UCUM code by quantity; a quantity that is left out is shown as it was measured. */
const unitPreferenceSchema = z
  .record(z.string().max(64), z.string().max(64))
  .refine(
    (wanted) => Object.keys(wanted).length === Object.keys(unitPreferenceFrom(wanted)).length,
    `Choose units of ${quantities.map(({ key }) => key).join(", ")}.`,
  );

export const setUnitsSchema = z.object({ units: unitPreferenceSchema });

export const readPreferencesSchema = z.object({});
