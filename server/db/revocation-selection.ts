import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** Certificates of the transaction's tenant that are to be revoked: named ones, or those that match. */
export type RevocationSelection =
  | { readonly ids: readonly string[] }
  | {
      readonly issuer?: string | undefined;
      readonly profileId?: string | undefined;
      /** Of the device. */
      readonly tag?: string | undefined;
      readonly state?: "issued" | "active" | "superseded" | "retired" | "suspended" | undefined;
    };

/** What revoking them would do. */
export type RevocationImpactRow = {
  readonly certificates: number;
  readonly devices: number;
  /** Devices that have a usable certificate now, and would have none. */
  readonly cutOff: number;
  /** Certificates on which a device is connected now. */
  readonly connected: number;
  readonly profiles: readonly { readonly name: string; readonly certificates: number }[];
};

function selected(selection: RevocationSelection): Prisma.Sql {
  // Said positively: under row-level security the planner takes <> for "matches nothing".
  const conditions = [
    Prisma.sql`c.tenant_id = app_tenant()`,
    Prisma.sql`c.state IN ('issued', 'active', 'superseded', 'retired', 'suspended')`,
  ];
  if ("ids" in selection) {
    conditions.push(Prisma.sql`c.id = ANY(${[...selection.ids]}::uuid[])`);
  } else {
    const { issuer, profileId, tag, state } = selection;
    if (issuer !== undefined) conditions.push(Prisma.sql`c.issuer = ${issuer}`);
    if (state !== undefined) {
      conditions.push(Prisma.sql`c.state = ${state}::"CertificateState"`);
    }
    if (profileId !== undefined) conditions.push(Prisma.sql`d.profile_id = ${profileId}::uuid`);
    if (tag !== undefined) conditions.push(Prisma.sql`${tag} = ANY(d.tags)`);
  }
  return Prisma.sql`FROM certificate c
    JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
    WHERE ${Prisma.join(conditions, " AND ")}`;
}

/** Ids of the selected certificates that are not revoked, at most `limit`, in one order. */
export async function findSelectedCertificates(
  tx: Tx,
  selection: RevocationSelection,
  limit: number,
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ readonly id: string }[]>`
    SELECT c.id::text ${selected(selection)} ORDER BY c.id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** How far revoking the selection would reach. */
export async function measureRevocation(
  tx: Tx,
  selection: RevocationSelection,
  now: Date,
): Promise<RevocationImpactRow> {
  const rows = await tx.$queryRaw<RevocationImpactRow[]>`
    WITH selected AS MATERIALIZED (
      SELECT c.tenant_id, c.id, c.sha256, c.device_id, d.key AS device_key, d.profile_id,
        c.state IN ('issued', 'active', 'superseded') AND c.not_after > ${now}::timestamptz AS usable
      ${selected(selection)}
    ), profiles AS (
      SELECT p.name, count(*)::int AS certificates FROM selected s
      JOIN profile p ON p.tenant_id = s.tenant_id AND p.id = s.profile_id
      GROUP BY p.name ORDER BY 2 DESC, 1 LIMIT 50)
    SELECT count(*)::int AS certificates, count(DISTINCT s.device_id)::int AS devices,
      count(DISTINCT s.device_id) FILTER (WHERE s.usable AND NOT EXISTS (
        SELECT FROM certificate o WHERE o.tenant_id = s.tenant_id AND o.device_id = s.device_id
          AND o.state IN ('issued', 'active', 'superseded') AND o.not_after > ${now}::timestamptz
          AND o.id NOT IN (SELECT id FROM selected)))::int AS "cutOff",
      count(*) FILTER (WHERE EXISTS (
        SELECT FROM device_status t WHERE t.tenant_id = s.tenant_id AND t.device_key = s.device_key
          AND t.connected AND t.certificate_sha256 = s.sha256))::int AS connected,
      (SELECT coalesce(json_agg(profiles), '[]') FROM profiles) AS profiles
    FROM selected s`;
  const [row] = rows;
  if (row === undefined) throw new Error("An aggregate without GROUP BY has one row.");
  return row;
}
