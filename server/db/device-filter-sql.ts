import { currentCertificate, presenceTables, type ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { certificateLifeSql, presenceSql } from "#server/db/presence-sql.ts";
import { renewSoonDays, type CertificateLife } from "#server/domain/certificate-life.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Text as an ILIKE pattern that finds it anywhere; the text's own wildcards stand for themselves. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** Matching devices: `FROM device d` with the joins that the condition needs and no others. */
export type DeviceFilterSql = { readonly from: Prisma.Sql; readonly where: Prisma.Sql };

/** The filter as SQL. Decommissioned devices match only on request. */
export function deviceFilterSql(
  filter: FleetFilter,
  { tenantId, now }: ReadAt,
  needs: { readonly status: boolean } = { status: false },
): DeviceFilterSql {
  const byPresence = filter.presence.length > 0;
  const byCertificate = filter.certificate.length > 0;
  const conditions: Prisma.Sql[] = [Prisma.sql`d.tenant_id = ${tenantId}::uuid`];
  if (!filter.presence.includes("decommissioned")) {
    // Said positively: under row-level security the planner takes <> for "matches nothing".
    conditions.push(Prisma.sql`d.state IN ('active', 'suspended', 'quarantined')`);
  }
  if (filter.text !== "") conditions.push(textSql(filter.text));
  if (filter.gatewayId !== undefined) {
    conditions.push(Prisma.sql`d.gateway_id = ${filter.gatewayId}::uuid`);
  }
  if (filter.profileIds.length > 0) {
    conditions.push(Prisma.sql`d.profile_id = ANY(${filter.profileIds}::uuid[])`);
  }
  if (byPresence) {
    conditions.push(Prisma.sql`${presenceSql(now)} IN (${Prisma.join(filter.presence)})`);
  }
  if (byCertificate) conditions.push(...certificateSql(filter.certificate, { tenantId, now }));

  const joins = [
    ...(byPresence || needs.status ? [presenceTables(tenantId)] : []),
    ...(byCertificate ? [currentCertificate(tenantId)] : []),
  ];
  return {
    from:
      joins.length === 0 ? Prisma.sql`device d` : Prisma.sql`device d ${Prisma.join(joins, " ")}`,
    where: Prisma.join(conditions, " AND "),
  };
}

function textSql(text: string): Prisma.Sql {
  const pattern = containsPattern(text);
  const named = Prisma.sql`d.name ILIKE ${pattern} OR d.device_id ILIKE ${pattern}
    OR d.serial ILIKE ${pattern}`;
  return uuidText.test(text)
    ? Prisma.sql`(d.id = ${text}::uuid OR ${named})`
    : Prisma.sql`(${named})`;
}

/** The exact condition, and before it a necessary one that an index answers. */
function certificateSql(
  lives: readonly CertificateLife[],
  { tenantId, now }: ReadAt,
): Prisma.Sql[] {
  const usable = Prisma.sql`c.tenant_id = ${tenantId}::uuid AND c.state IN ('active', 'issued', 'superseded')`;
  if (lives.length === 1 && lives[0] === "none") {
    return [
      Prisma.sql`NOT EXISTS (SELECT 1 FROM certificate c WHERE ${usable} AND c.device_id = d.id)`,
    ];
  }
  const exact = Prisma.sql`${certificateLifeSql(Prisma.sql`current.not_after`, now)} IN (${Prisma.join([...lives])})`;
  if (lives.includes("none")) return [exact];

  const soon = new Date(now.getTime() + renewSoonDays * 86_400_000);
  const earliest = lives.includes("expired") ? null : lives.includes("renew_soon") ? now : soon;
  const latest = lives.includes("valid") ? null : lives.includes("renew_soon") ? soon : now;
  const range = [
    ...(earliest === null ? [] : [Prisma.sql`c.not_after > ${earliest}::timestamptz`]),
    ...(latest === null ? [] : [Prisma.sql`c.not_after <= ${latest}::timestamptz`]),
  ];
  if (range.length === 0) return [exact];
  return [
    Prisma.sql`EXISTS (SELECT 1 FROM certificate c
      WHERE ${usable} AND c.device_id = d.id AND ${Prisma.join(range, " AND ")})`,
    exact,
  ];
}
