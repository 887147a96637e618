import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { Context } from "#server/services/context.ts";
import { createSchema } from "#server/services/schema/create.ts";
import { publishSchema, type SchemaPublished } from "#server/services/schema/publish.ts";
import { saveDraft } from "#server/services/schema/save-draft.ts";
import { showSchema } from "#server/services/schema/show.ts";

/** A definition of numbers that must all be there, and of nothing else. */
export function definitionOfNumbers(
  names: readonly string[],
  more: Partial<SchemaDefinition> = {},
): SchemaDefinition {
  return {
    format: "json",
    jsonSchema: {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, { type: "number" }])),
      required: [...names],
      additionalProperties: false,
    },
    protobuf: null,
    processing: [],
    dropWhen: "",
    examples: [],
    ...more,
  };
}

/** Makes a schema whose first version is this one. */
export async function createPublished(
  ctx: Context,
  name: string,
  definition: SchemaDefinition,
): Promise<SchemaPublished> {
  const { revision } = await createSchema(ctx, { name, definition });
  return publishSchema(ctx, { name, revision });
}

/** Publishes a further version of a schema that has no draft. */
export async function publishNext(
  ctx: Context,
  name: string,
  definition: SchemaDefinition,
): Promise<SchemaPublished> {
  const { revision } = await showSchema(ctx, { name });
  const saved = await saveDraft(ctx, { name, revision, definition });
  return publishSchema(ctx, { name, revision: saved.revision });
}
