import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { effectiveJsonSchema, storedFields } from "#server/schema/stored-fields.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { digestOf, toJson } from "#server/services/schema/definition.ts";
import type { SchemaChange } from "#server/services/schema/view.ts";

/**
 * Writes a version of a schema with its fields. The caller has locked the schema and checked the
 * definition.
 * @returns the version's id
 */
export async function insertVersion(
  tx: Tx,
  ctx: Context,
  made: {
    readonly schema: { readonly id: string; readonly name: string };
    readonly version: number;
    readonly definition: SchemaDefinition;
    readonly notes: string;
    readonly compatibility: {
      readonly version: number;
      readonly changes: readonly SchemaChange[];
    } | null;
  },
): Promise<number> {
  const { tenantId } = ctx;
  const { schema, definition, compatibility } = made;
  const jsonSchema = effectiveJsonSchema(definition);
  const { id } = await tx.schemaVersion.create({
    data: {
      tenantId,
      schemaRef: schema.id,
      name: schema.name,
      version: made.version,
      // Both came from JSON text.
      jsonSchema: jsonSchema === null ? Prisma.DbNull : (jsonSchema as Prisma.InputJsonObject),
      definition: toJson(definition),
      digest: digestOf(definition),
      notes: made.notes,
      publishedBy: actorName(ctx.actor),
      compatibility:
        compatibility === null
          ? Prisma.DbNull
          : { version: compatibility.version, changes: [...compatibility.changes] },
      createdAt: ctx.now(),
    },
    select: { id: true },
  });
  await tx.schemaField.createMany({
    data: storedFields(definition).map((field) => ({ ...field, tenantId, schemaId: id })),
  });
  return id;
}
