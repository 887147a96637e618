import type { Tx } from "#server/db/client.ts";

/** In which unit (UCUM) the devices of a profile send a metric. */
export type ProfileUnits = (profileId: string, metric: string) => string | null;

/**
 * The units of metrics, by their names, in the schemas that profiles use: as the newest version has
 * them. The same name may be in another unit elsewhere.
 */
export async function findProfileUnits(
  tx: Tx,
  of: {
    readonly tenantId: string;
    readonly profileIds: readonly string[];
    readonly names: readonly string[];
  },
): Promise<ProfileUnits> {
  const profiles = [...new Set(of.profileIds)];
  if (profiles.length === 0 || of.names.length === 0) return () => null;
  const rows = await tx.$queryRaw<
    { readonly profileId: string; readonly name: string; readonly unit: string | null }[]
  >`
    WITH used AS (
      SELECT p.id AS profile_id, p.schema_id FROM profile p
      WHERE p.tenant_id = ${of.tenantId}::uuid AND p.id = ANY(${profiles}::uuid[])
      UNION
      SELECT b.profile_id, b.schema_id FROM profile_binding b
      WHERE b.tenant_id = ${of.tenantId}::uuid AND b.profile_id = ANY(${profiles}::uuid[])
    ), versions AS (
      SELECT DISTINCT used.profile_id, every.id FROM used
      JOIN schema_version v ON v.tenant_id = ${of.tenantId}::uuid AND v.id = used.schema_id
      JOIN schema_version every
        ON every.tenant_id = ${of.tenantId}::uuid AND every.schema_ref = v.schema_ref
    )
    SELECT DISTINCT ON (versions.profile_id, f.name)
      versions.profile_id AS "profileId", f.name, f.unit
    FROM schema_field f JOIN versions ON versions.id = f.schema_id
    WHERE f.tenant_id = ${of.tenantId}::uuid AND f.name = ANY(${[...of.names]}::text[])
    ORDER BY versions.profile_id, f.name, f.schema_id DESC`;
  const units = new Map(rows.map(({ profileId, name, unit }) => [`${profileId} ${name}`, unit]));
  return (profileId, metric) => units.get(`${profileId} ${metric}`) ?? null;
}
