import type { Tx } from "#server/db/client.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { connectedSql } from "#server/db/presence-sql.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { Presence } from "#server/domain/presence.ts";

/** What is counted of a selection of devices. */
export type BulkImpactRow = {
  readonly devices: number;
  readonly connected: number;
  readonly presences: readonly { readonly presence: Presence; readonly devices: number }[];
  /** All of them, the most frequent first. */
  readonly profiles: readonly {
    readonly id: string;
    readonly name: string;
    readonly devices: number;
  }[];
  readonly children: number;
  readonly certificates: number;
  readonly credentials: number;
  /** Of the sample. */
  readonly sampled: number;
  /** UUIDs. */
  readonly sample: readonly string[];
  readonly readings: number;
};

type At = {
  readonly tenantId: string;
  readonly now: Date;
  /** Devices beyond it are not looked at. */
  readonly most: number;
  /** Readings are counted of so many devices. */
  readonly sample: number;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** One statement over the chosen devices, so that all of it is of one instant. */
export async function measureBulkImpact(
  tx: Tx,
  selection: DeviceSelection,
  at: At,
): Promise<BulkImpactRow> {
  const { tenantId, now } = at;
  const { from, where } = await deviceSelectionSql(tx, selection, { tenantId, now });
  const rows = await tx.$queryRaw<BulkImpactRow[]>`
    WITH chosen AS MATERIALIZED (
      SELECT d.id, d.key, d.profile_id FROM ${from} WHERE ${where} LIMIT ${at.most}::int),
    sample AS MATERIALIZED (
      SELECT c.id, c.key FROM chosen c ORDER BY hashint8(c.key), c.key LIMIT ${at.sample}::int)
    SELECT (SELECT count(*)::int FROM chosen) AS devices, ${connected(tenantId)} AS connected,
      ${presences(tenantId)} AS presences, ${profiles(tenantId)} AS profiles,
      ${children(tenantId)} AS children, ${certificates(tenantId, now)} AS certificates,
      ${credentials(tenantId)} AS credentials,
      (SELECT count(*)::int FROM sample) AS sampled,
      (SELECT coalesce(json_agg(id), '[]') FROM sample) AS sample, ${readings(now)} AS readings`;
  const [row] = rows;
  if (row === undefined) throw new Error("A statement that counts gave no row.");
  return row;
}

const connected = (tenantId: string) => Prisma.sql`(SELECT count(*)::int FROM chosen c
  JOIN device_status s ON s.tenant_id = ${tenantId}::uuid AND s.device_key = c.key
  WHERE ${connectedSql})`;

const presences = (
  tenantId: string,
) => Prisma.sql`(SELECT coalesce(json_agg(g ORDER BY g.devices DESC), '[]')
  FROM (SELECT pr.presence, count(*)::int AS devices FROM chosen c
    JOIN device_presence pr ON pr.tenant_id = ${tenantId}::uuid AND pr.device_key = c.key
    GROUP BY pr.presence) g)`;

const profiles = (
  tenantId: string,
) => Prisma.sql`(SELECT coalesce(json_agg(g ORDER BY g.devices DESC, g.name), '[]')
  FROM (SELECT p.id, p.name, count(*)::int AS devices FROM chosen c
    JOIN profile p ON p.tenant_id = ${tenantId}::uuid AND p.id = c.profile_id
    GROUP BY p.id, p.name) g)`;

const children = (tenantId: string) => Prisma.sql`(SELECT count(*)::int FROM device k
  WHERE k.tenant_id = ${tenantId}::uuid AND k.gateway_id IN (SELECT id FROM chosen)
    AND k.state IN ('active', 'suspended', 'quarantined')
    AND NOT EXISTS (SELECT FROM chosen c WHERE c.id = k.id))`;

const certificates = (
  tenantId: string,
  now: Date,
) => Prisma.sql`(SELECT count(*)::int FROM certificate e
  WHERE e.tenant_id = ${tenantId}::uuid AND e.device_id IN (SELECT id FROM chosen)
    AND e.state IN ('issued', 'active', 'superseded') AND e.not_after > ${now}::timestamptz)`;

const credentials = (tenantId: string) => Prisma.sql`(SELECT count(*)::int FROM device_credential e
  WHERE e.tenant_id = ${tenantId}::uuid AND e.device_id IN (SELECT id FROM chosen)
    AND e.revoked_at IS NULL)`;

/** Of the last 24 whole hours. A reading fills at least one field: the fullest field is the count. */
function readings(now: Date): Prisma.Sql {
  const until = new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  const since = new Date(until.getTime() - dayMs);
  return Prisma.sql`(SELECT coalesce(sum((SELECT max(n) FROM unnest(r.counts) n)), 0)::int
    FROM telemetry.visible_rollup_hour r
    WHERE r.device_key = ANY (ARRAY(SELECT key FROM sample))
      AND r.bucket >= ${since}::timestamptz AND r.bucket < ${until}::timestamptz)`;
}
