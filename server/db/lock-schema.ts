import type { Tx } from "#server/db/client.ts";
import type { SchemaFormat } from "#server/domain/schema-definition.ts";

/** What a change needs to know of the schema that it changes. */
export type LockedSchema = {
  readonly id: string;
  readonly name: string;
  readonly format: SchemaFormat;
  readonly draft: unknown;
  readonly draftRevision: number;
  readonly draftUpdatedBy: string | null;
  /** Null before the first is published. */
  readonly latestVersion: number | null;
  /** A version of it belongs to the profile that gains fields by itself. */
  readonly open: boolean;
};

/**
 * Locks a schema of the tenant until the transaction ends: of two people who publish it at once the
 * second sees what the first has made.
 */
export async function lockSchema(
  tx: Tx,
  tenantId: string,
  name: string,
): Promise<LockedSchema | undefined> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "schema" WHERE tenant_id = ${tenantId}::uuid AND name = ${name} FOR UPDATE`;
  const id = locked[0]?.id;
  if (id === undefined) return undefined;
  // A statement of its own: it must see what whoever held the lock has committed.
  const rows = await tx.$queryRaw<LockedSchema[]>`
    SELECT s.id, s.name, s.format::text AS format, s.draft, s.draft_revision AS "draftRevision",
      s.draft_updated_by AS "draftUpdatedBy",
      (SELECT max(v.version) FROM schema_version v
        WHERE v.tenant_id = s.tenant_id AND v.schema_ref = s.id) AS "latestVersion",
      EXISTS (SELECT 1 FROM schema_version v
        JOIN profile p ON p.tenant_id = v.tenant_id AND p.schema_id = v.id
        WHERE v.tenant_id = s.tenant_id AND v.schema_ref = s.id AND p.open) AS open
    FROM "schema" s WHERE s.tenant_id = ${tenantId}::uuid AND s.id = ${id}::uuid`;
  return rows[0];
}
