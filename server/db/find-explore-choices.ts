import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import type { DeviceFilterSql } from "#server/db/device-filter-sql.ts";

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type ChosenDeviceRow = {
  readonly id: string;
  readonly deviceId: string;
  readonly key: bigint;
  readonly name: string;
  readonly profileId: string;
};

/** The tenant's devices among those named by their own id or by UUID. */
export async function findChosenDevices(
  tx: Tx,
  at: { readonly tenantId: string; readonly references: readonly string[] },
): Promise<readonly ChosenDeviceRow[]> {
  const uuids = at.references.filter((reference) => uuidText.test(reference));
  return tx.$queryRaw<ChosenDeviceRow[]>`
    SELECT d.id, d.device_id AS "deviceId", d.key, d.name, d.profile_id AS "profileId"
    FROM device d
    WHERE d.tenant_id = ${at.tenantId}::uuid
      AND (d.device_id = ANY(${[...at.references]}::text[]) OR d.id = ANY(${uuids}::uuid[]))
    ORDER BY d.name, d.id LIMIT 200`;
}

/** Profiles that devices of a selection have. One lookup for each profile, however large the fleet. */
export async function findSelectionProfiles(
  tx: Tx,
  at: ReadAt & { readonly selection: DeviceFilterSql },
): Promise<readonly string[]> {
  const { from, where } = at.selection;
  const rows = await tx.$queryRaw<{ readonly id: string }[]>`
    SELECT wanted.id FROM profile wanted
    WHERE wanted.tenant_id = ${at.tenantId}::uuid
      AND EXISTS (SELECT 1 FROM ${from} WHERE ${where} AND d.profile_id = wanted.id)`;
  return rows.map(({ id }) => id);
}

export type ProfileMetricRow = {
  readonly name: string;
  readonly unit: string | null;
  readonly type: string;
  /** Types that versions give it; more than one where it was retyped. */
  readonly types: number;
  readonly description: string;
  readonly deprecated: boolean;
};

/** Fields of every version of the schemas that profiles use, as their newest version has them. */
export async function findProfileMetrics(
  tx: Tx,
  at: { readonly tenantId: string; readonly profileIds: readonly string[]; readonly limit: number },
): Promise<readonly ProfileMetricRow[]> {
  return tx.$queryRaw<ProfileMetricRow[]>`
    WITH used AS (
      SELECT p.schema_id FROM profile p
      WHERE p.tenant_id = ${at.tenantId}::uuid AND p.id = ANY(${[...at.profileIds]}::uuid[])
      UNION
      SELECT b.schema_id FROM profile_binding b
      WHERE b.tenant_id = ${at.tenantId}::uuid AND b.profile_id = ANY(${[...at.profileIds]}::uuid[])
    ), versions AS (
      SELECT every.id FROM schema_version every
      WHERE every.tenant_id = ${at.tenantId}::uuid AND every.schema_ref IN (
        SELECT v.schema_ref FROM schema_version v JOIN used ON used.schema_id = v.id
        WHERE v.tenant_id = ${at.tenantId}::uuid)
    )
    SELECT DISTINCT ON (f.name) f.name, f.unit, f.type, f.description, f.deprecated,
      (SELECT count(DISTINCT other.type)::int FROM schema_field other
       WHERE other.tenant_id = ${at.tenantId}::uuid AND other.name = f.name
         AND other.schema_id IN (SELECT id FROM versions)) AS types
    FROM schema_field f JOIN versions ON versions.id = f.schema_id
    WHERE f.tenant_id = ${at.tenantId}::uuid
    ORDER BY f.name, f.schema_id DESC LIMIT ${at.limit}`;
}

/** Names of what devices sent last, of each device (keys). */
export async function findSentMetrics(
  tx: Tx,
  deviceKeys: readonly bigint[],
): Promise<readonly { readonly name: string; readonly devices: number }[]> {
  return tx.$queryRaw<{ name: string; devices: number }[]>`
    SELECT name, count(*)::int AS devices
    FROM telemetry.visible_latest l CROSS JOIN LATERAL jsonb_object_keys(l.fields) AS name
    WHERE l.device_key = ANY(${[...deviceKeys]}::bigint[])
    GROUP BY name LIMIT 2000`;
}
