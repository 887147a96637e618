import type { Tx } from "#server/db/client.ts";
import type { SchemaFormat } from "#server/domain/schema-definition.ts";

export type SchemaRow = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly format: SchemaFormat;
  readonly latestVersion: number | null;
  readonly hasDraft: boolean;
  readonly draftUpdatedAt: Date | null;
  readonly draftUpdatedBy: string | null;
  readonly profiles: number;
};

/**
 * The tenant's schemas by name, without their drafts.
 * @param at.like pattern of LIKE for the name, in lower case
 */
export async function readSchemas(
  tx: Tx,
  at: { readonly tenantId: string; readonly like: string; readonly most: number },
): Promise<readonly SchemaRow[]> {
  return tx.$queryRaw<SchemaRow[]>`
    SELECT s.id, s.name, s.description, s.format::text AS format,
      (SELECT max(v.version) FROM schema_version v
        WHERE v.tenant_id = s.tenant_id AND v.schema_ref = s.id) AS "latestVersion",
      s.draft IS NOT NULL AS "hasDraft", s.draft_updated_at AS "draftUpdatedAt",
      s.draft_updated_by AS "draftUpdatedBy",
      (SELECT count(DISTINCT b.profile_id)::integer FROM profile_binding b
        JOIN schema_version v ON v.tenant_id = b.tenant_id AND v.id IN (b.schema_id, b.canary_schema_id)
        WHERE b.tenant_id = s.tenant_id AND v.schema_ref = s.id) AS profiles
    FROM "schema" s
    WHERE s.tenant_id = ${at.tenantId}::uuid AND lower(s.name) LIKE ${at.like}
    ORDER BY lower(s.name), s.name LIMIT ${at.most}`;
}
