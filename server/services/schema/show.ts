import { readBindings } from "#server/db/read-bindings.ts";
import { maxSchemaVersions } from "#server/domain/schema-definition.ts";
import { schemaDefinition } from "#server/domain/schema-definition-schema.ts";
import { defineQuery } from "#server/services/query.ts";
import {
  schemaNotFound,
  toVersionSummary,
  versionColumns,
} from "#server/services/schema/internal.ts";
import { schemaTarget } from "#server/services/schema/schemas.ts";
import { toBindingView } from "#server/services/schema/to-binding-view.ts";
import type { SchemaView } from "#server/services/schema/view.ts";

/**
 * A schema with its draft, its versions (newest first) and where they are used.
 * @throws ServiceError not_found
 */
export const showSchema = defineQuery({
  name: "schema.show",
  can: "schema.view",
  input: schemaTarget,
  run: async ({ ctx, tx, input }): Promise<SchemaView> => {
    const { tenantId } = ctx;
    const { jsonSchema: _, definition: __, name: ___, ...columns } = versionColumns;
    const schema = await tx.schema.findUnique({
      where: { tenantId_name: { tenantId, name: input.name } },
      include: {
        versions: {
          select: { ...columns, _count: { select: { fields: true } } },
          orderBy: { version: "desc" },
          take: maxSchemaVersions,
        },
      },
    });
    if (schema === null) throw schemaNotFound(input.name);
    const bindings = await readBindings(tx, tenantId, { schemaRef: schema.id });
    const { id, name, description, format, draftRevision } = schema;
    return {
      id,
      name,
      description,
      format,
      revision: draftRevision,
      draft: draftOf(schema),
      versions: schema.versions.map((row) => toVersionSummary(row, row._count.fields)),
      bindings: bindings.map(toBindingView),
    };
  },
});

function draftOf(schema: {
  readonly draft: unknown;
  readonly draftRevision: number;
  readonly draftUpdatedAt: Date | null;
  readonly draftUpdatedBy: string | null;
}): SchemaView["draft"] {
  const { draft, draftRevision, draftUpdatedAt, draftUpdatedBy } = schema;
  if (draft === null) return null;
  return {
    definition: schemaDefinition.parse(draft),
    revision: draftRevision,
    updatedAt: draftUpdatedAt?.toISOString() ?? "",
    updatedBy: draftUpdatedBy ?? "",
  };
}
