import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** A binding with the names of what it binds. */
export type BindingRow = {
  readonly profileId: string;
  readonly profileName: string;
  readonly open: boolean;
  readonly stream: string;
  readonly contentType: string;
  readonly schemaId: number;
  readonly schema: string;
  readonly version: number;
  readonly canarySchemaId: number | null;
  readonly canarySchema: string | null;
  readonly canaryVersion: number | null;
  readonly canaryPercent: number;
  readonly canaryDevices: readonly string[];
  readonly previousSchemaId: number | null;
  readonly previousSchema: string | null;
  readonly previousVersion: number | null;
  readonly changedAt: Date;
  readonly changedBy: string;
};

/**
 * Bindings of a profile, or of all profiles that have a version of a schema bound or on trial (then
 * only those bindings).
 */
export async function readBindings(
  tx: Tx,
  tenantId: string,
  of: { readonly profileId: string } | { readonly schemaRef: string },
): Promise<readonly BindingRow[]> {
  const condition =
    "profileId" in of
      ? Prisma.sql`b.profile_id = ${of.profileId}::uuid`
      : Prisma.sql`${of.schemaRef}::uuid IN (v.schema_ref, c.schema_ref)`;
  return tx.$queryRaw<BindingRow[]>`
    SELECT b.profile_id AS "profileId", p.name AS "profileName", p.open, b.stream,
      b.content_type AS "contentType", v.id AS "schemaId", v.name AS schema, v.version,
      c.id AS "canarySchemaId", c.name AS "canarySchema", c.version AS "canaryVersion",
      b.canary_percent AS "canaryPercent", b.canary_devices AS "canaryDevices",
      o.id AS "previousSchemaId", o.name AS "previousSchema", o.version AS "previousVersion",
      b.changed_at AS "changedAt", b.changed_by AS "changedBy"
    FROM profile_binding b
    JOIN profile p ON p.tenant_id = b.tenant_id AND p.id = b.profile_id
    JOIN schema_version v ON v.tenant_id = b.tenant_id AND v.id = b.schema_id
    LEFT JOIN schema_version c ON c.tenant_id = b.tenant_id AND c.id = b.canary_schema_id
    LEFT JOIN schema_version o ON o.tenant_id = b.tenant_id AND o.id = b.previous_schema_id
    WHERE b.tenant_id = ${tenantId}::uuid AND ${condition}
    ORDER BY p.name, b.stream, b.content_type LIMIT 1000`;
}
