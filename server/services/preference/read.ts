import { unitPreferenceFrom, type UnitPreference } from "#server/domain/units.ts";
import { readPreferencesSchema } from "#server/services/preference/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** What a person chose for themselves; without a choice, as things are. */
export type Preferences = { readonly units: UnitPreference };

/** One's own preferences. What calls with a token has none. */
export const readPreferences = defineQuery({
  name: "preference.read",
  can: "session.own",
  input: readPreferencesSchema,
  run: async ({ ctx, tx }): Promise<Preferences> => {
    if (ctx.actor.type !== "user") return { units: {} };
    const row = await tx.personPreference.findUnique({
      where: {
        tenantId_userId_key: { tenantId: ctx.tenantId, userId: ctx.actor.id, key: "units" },
      },
      select: { value: true },
    });
    return { units: unitPreferenceFrom(row?.value) };
  },
});
