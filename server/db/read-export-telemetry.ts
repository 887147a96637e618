import type { Tx } from "#server/db/client.ts";
import type { MetricField } from "#server/db/find-metric-fields.ts";

/** A reading as it is stored. Instants are microseconds since 1970. */
export type ExportReading = {
  readonly deviceKey: bigint;
  readonly tsUs: bigint;
  readonly messageKey: bigint;
  readonly receivedUs: bigint;
  readonly schemaId: number;
  /** By position; those at the end may be absent. */
  readonly values: readonly (number | null)[];
  readonly extra: Readonly<Record<string, unknown>> | null;
};

/** What one page reads. `after` goes on with a single device, behind a row at the instant `fromUs`. */
export type ExportPage<K> = {
  readonly keys: readonly bigint[];
  readonly fromUs: bigint;
  /** Not included. */
  readonly untilUs: bigint;
  readonly after: K | null;
  /** Of each device. */
  readonly most: number;
};

/** Readings by device and time, at most `most` of each device. */
export async function readExportReadings(
  tx: Tx,
  at: ExportPage<bigint>,
): Promise<readonly ExportReading[]> {
  return tx.$queryRaw<ExportReading[]>`
    SELECT device_key AS "deviceKey", ts_us AS "tsUs", message_key AS "messageKey",
      received_us AS "receivedUs", schema_id AS "schemaId", "values", extra
    FROM telemetry.export_readings(${[...at.keys]}::bigint[], ${at.fromUs}, ${at.untilUs},
      ${at.after}::bigint, ${at.most}::int)`;
}

/** Readings of one bucket and schema version, rolled up; arrays are by position. */
export type ExportRollup = {
  readonly deviceKey: bigint;
  readonly bucketUs: bigint;
  readonly schemaId: number;
  readonly counts: readonly (number | null)[];
  readonly sums: readonly (number | null)[];
  readonly mins: readonly (number | null)[];
  readonly maxs: readonly (number | null)[];
  readonly lasts: readonly (number | null)[];
  readonly lastMs: readonly (number | null)[];
};

/** Rollups by device and time, at most `most` of each device. */
export async function readExportRollups(
  tx: Tx,
  at: ExportPage<number> & { readonly level: "minute" | "hour" },
): Promise<readonly ExportRollup[]> {
  return tx.$queryRaw<ExportRollup[]>`
    SELECT device_key AS "deviceKey", bucket_us AS "bucketUs", schema_id AS "schemaId", counts, sums,
      mins, maxs, lasts, last_ms AS "lastMs"
    FROM telemetry.export_rollups(${at.level === "hour"}, ${[...at.keys]}::bigint[], ${at.fromUs},
      ${at.untilUs}, ${at.after}::int, ${at.most}::int)`;
}

/** Minutes of a range whose rollups may lack readings, as microseconds since 1970, ascending; at most 5 000. */
export async function findRollupsBehind(
  tx: Tx,
  at: { readonly from: Date; readonly until: Date },
): Promise<readonly bigint[]> {
  const rows = await tx.$queryRaw<{ us: bigint }[]>`
    SELECT (extract(epoch FROM minute) * 1000000)::bigint AS us
    FROM telemetry.rollups_behind(${at.from}::timestamptz, ${at.until}::timestamptz) ORDER BY 1`;
  return rows.map(({ us }) => us);
}

/**
 * Fields of all versions of the schemas that the devices' profiles are bound to now, newest version
 * first.
 */
export async function findFieldsOfDevices(
  tx: Tx,
  at: { readonly tenantId: string; readonly keys: readonly bigint[]; readonly most: number },
): Promise<readonly MetricField[]> {
  return tx.$queryRaw<MetricField[]>`
    WITH used AS (
      SELECT DISTINCT d.profile_id FROM device d
      WHERE d.tenant_id = ${at.tenantId}::uuid AND d.key = ANY(${[...at.keys]}::bigint[])),
    bound AS (
      SELECT p.schema_id FROM profile p
        WHERE p.tenant_id = ${at.tenantId}::uuid AND p.id IN (SELECT profile_id FROM used)
      UNION
      SELECT b.schema_id FROM profile_binding b
        WHERE b.tenant_id = ${at.tenantId}::uuid AND b.profile_id IN (SELECT profile_id FROM used))
    SELECT f.schema_id AS "schemaId", f.position, f.name, f.type, f.unit
    FROM schema_version v
    JOIN schema_version o ON o.tenant_id = v.tenant_id AND o.schema_ref = v.schema_ref
    JOIN schema_field f ON f.tenant_id = o.tenant_id AND f.schema_id = o.id
    WHERE v.tenant_id = ${at.tenantId}::uuid AND v.id IN (SELECT schema_id FROM bound)
    GROUP BY f.schema_id, f.position, f.name, f.type, f.unit
    ORDER BY f.schema_id DESC, f.position LIMIT ${at.most}::int`;
}
