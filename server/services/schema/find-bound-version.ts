import type { Tx } from "#server/db/client.ts";
import type { SchemaVersionRow } from "#server/schema/prepare-schema.ts";
import type { Context } from "#server/services/context.ts";
import { fieldColumns, versionColumns } from "#server/services/schema/internal.ts";

/** The version that messages of a stream have which say no content type. */
export async function findBoundVersion(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  { profileId, stream }: { readonly profileId: string; readonly stream: string },
): Promise<Omit<SchemaVersionRow, "open">> {
  const bindings = await tx.profileBinding.findMany({
    where: { tenantId, profileId, contentType: "", stream: { in: [stream, ""] } },
    select: {
      schema: {
        select: {
          ...versionColumns,
          schema: { select: { format: true } },
          fields: { select: fieldColumns },
        },
      },
    },
    // The stream's own before that of all others.
    orderBy: { stream: "desc" },
    take: 1,
  });
  const version = bindings[0]?.schema;
  if (version === undefined) throw new Error(`The profile ${profileId} has no main binding.`);
  const { jsonSchema, definition, fields } = version;
  return {
    schemaId: version.id,
    schemaName: version.name,
    schemaVersion: version.version,
    format: version.schema.format,
    jsonSchema,
    definition,
    fields,
  };
}
