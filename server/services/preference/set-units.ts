import type { UnitPreference } from "#server/domain/units.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { setUnitsSchema } from "#server/services/preference/schemas.ts";

/**
 * Chooses the units in which one sees values. Stored values and answers of the API stay in the
 * schema's units. Of two changes at once the later one stays.
 * @throws ServiceError forbidden (not a person), invalid
 */
export const setUnits = defineMutation({
  name: "preference.setUnits",
  can: "session.own",
  input: setUnitsSchema,
  run: async ({ ctx, tx, input: { units } }) => {
    const { actor, tenantId } = ctx;
    if (actor.type !== "user") {
      throw new ServiceError("forbidden", "Only a person who is signed in has preferences.");
    }
    const key = { tenantId, userId: actor.id, key: "units" };
    const changed = { value: units, changedAt: ctx.now() };
    await tx.personPreference.upsert({
      where: { tenantId_userId_key: key },
      create: { ...key, ...changed },
      update: changed,
      select: { key: true },
    });
    const value: UnitPreference = units;
    return { value, audit: { target: `user:${actor.email}`, payload: { units } } };
  },
});
