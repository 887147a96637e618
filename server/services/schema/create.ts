import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { digestOf, requireSavable, toJson } from "#server/services/schema/definition.ts";
import { schemaTargetOf } from "#server/services/schema/internal.ts";
import { createSchemaSchema } from "#server/services/schema/schemas.ts";
import type { DefinitionProblem } from "#server/services/schema/view.ts";

export type SchemaCreated = {
  readonly id: string;
  readonly name: string;
  /** Of the draft. */
  readonly revision: number;
  /** Of the draft; put right before it is published. */
  readonly problems: readonly DefinitionProblem[];
};

/**
 * Adds a schema to the registry, with a draft if one is given.
 * @throws ServiceError invalid (a JSON Schema that is not safe), conflict (the name is taken)
 */
export const createSchema = defineMutation({
  name: "schema.create",
  can: "schema.manage",
  input: createSchemaSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { name, description, format, definition } = input;
    const problems = definition === undefined ? [] : requireSavable(format, definition);
    const taken = await tx.schema.findUnique({
      where: { tenantId_name: { tenantId, name } },
      select: { id: true },
    });
    if (taken !== null) {
      throw new ServiceError("conflict", `There is a schema “${name}” already.`, {
        remedy: "Choose another name, or publish a version of that one.",
        fields: [{ path: "name", message: "This name is taken." }],
      });
    }
    const who = actorName(ctx.actor);
    const revision = definition === undefined ? 0 : 1;
    const made = await tx.schema.create({
      data: {
        tenantId,
        name,
        description,
        format,
        createdAt: ctx.now(),
        createdBy: who,
        draftRevision: revision,
        ...(definition !== undefined && {
          draft: toJson(definition),
          draftUpdatedAt: ctx.now(),
          draftUpdatedBy: who,
        }),
      },
      select: { id: true },
    });
    const value: SchemaCreated = { id: made.id, name, revision, problems };
    const digest = definition === undefined ? null : digestOf(definition);
    return {
      value,
      audit: {
        target: schemaTargetOf(input),
        payload: { after: { description, format, draft: digest } },
      },
    };
  },
});
