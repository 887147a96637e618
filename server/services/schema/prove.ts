import { defineInspection } from "#server/services/schema/define-inspection.ts";
import { digestOf, requireSound } from "#server/services/schema/definition.ts";
import { findSchema, schemaTargetOf } from "#server/services/schema/internal.ts";
import { readKept, readScope } from "#server/services/schema/kept-messages.ts";
import { proveDefinitionSchema } from "#server/services/schema/schemas.ts";
import { proveOn } from "#server/services/schema/prove-on.ts";
import { draftSchema } from "#server/services/schema/trial.ts";

/**
 * Runs a definition over the messages that were kept of the profiles that use the schema, and over
 * their open dead letters: what would pass, what would be refused, whose. Changes nothing.
 * @throws ServiceError not_found, invalid (the definition cannot be used)
 */
export const proveDefinition = defineInspection({
  name: "schema.prove",
  can: "schema.manage",
  input: proveDefinitionSchema,
  read: async ({ ctx, tx, input }) => {
    const schema = await findSchema(tx, ctx, input.name);
    requireSound(input.definition);
    const { profileIds, covers } = await readScope(tx, ctx.tenantId, {
      schemaRef: schema.id,
      profileId: input.profileId,
    });
    const kept = await readKept(tx, ctx, { profileIds, hours: input.hours });
    return {
      version: (schema.latestVersion ?? 0) + 1,
      samples: kept.samples.filter(covers),
      letters: kept.letters.filter(covers),
    };
  },
  conclude: async ({ version, ...kept }, { input }) => {
    const schema = draftSchema({ name: input.name, version }, input.definition);
    const value = await proveOn(kept, schema);
    const { samples, deadLetters, devicesFailing } = value;
    return {
      value,
      audit: {
        target: schemaTargetOf(input),
        payload: {
          definition: digestOf(input.definition),
          hours: input.hours,
          profileId: input.profileId ?? null,
          samples,
          deadLetters,
          devicesFailing,
        },
      },
    };
  },
});
