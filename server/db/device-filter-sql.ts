import { Prisma } from "#server/db/generated/client.ts";
import { notAfterOfDevice } from "#server/db/device-columns.ts";
import { certificateLifeSql, presenceSql } from "#server/db/presence-sql.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Text as an ILIKE pattern that finds it anywhere; the text's own wildcards stand for themselves. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function textSql(text: string): Prisma.Sql {
  const pattern = containsPattern(text);
  const named = Prisma.sql`d.name ILIKE ${pattern} OR d.device_id ILIKE ${pattern}`;
  return uuidText.test(text)
    ? Prisma.sql`(d.id = ${text}::uuid OR ${named})`
    : Prisma.sql`(${named})`;
}

/** The filter as one condition over the tables of device-columns.ts. Decommissioned devices only on request. */
export function deviceFilterSql(filter: FleetFilter, now: Date): Prisma.Sql {
  const conditions: Prisma.Sql[] = [Prisma.sql`d.tenant_id = app_tenant()`];
  if (!filter.presence.includes("decommissioned")) {
    conditions.push(Prisma.sql`d.state <> 'decommissioned'`);
  }
  if (filter.text !== "") conditions.push(textSql(filter.text));
  if (filter.presence.length > 0) {
    conditions.push(Prisma.sql`${presenceSql(now)} IN (${Prisma.join(filter.presence)})`);
  }
  if (filter.profileIds.length > 0) {
    conditions.push(
      Prisma.sql`d.profile_id IN (${Prisma.join(filter.profileIds.map((id) => Prisma.sql`${id}::uuid`))})`,
    );
  }
  if (filter.certificate.length > 0) {
    conditions.push(
      Prisma.sql`${certificateLifeSql(notAfterOfDevice, now)} IN (${Prisma.join(filter.certificate)})`,
    );
  }
  return Prisma.join(conditions, " AND ");
}
