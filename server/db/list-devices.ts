import type { Tx } from "#server/db/client.ts";
import {
  currentCertificate,
  deviceColumns,
  ofTenant,
  presenceTables,
  type DeviceRow,
  type ReadAt,
} from "#server/db/device-columns.ts";
import { resolvedFilterSql } from "#server/db/device-filter-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import {
  beyondSql,
  contactLead,
  endedLead,
  endedSql,
  endedTest,
  leadsByName,
  orderSql,
  plainLead,
  type Lead,
  type Range,
} from "#server/db/list-leads.ts";
import type { ResolvedFilter } from "#server/db/resolve-fleet-filter.ts";
import type { Presence } from "#server/domain/presence.ts";

export type SortColumn = "name" | "contact" | "created";

/** A device as the fleet table shows it. */
export type FleetRow = DeviceRow & {
  readonly firmware: string | null;
  readonly place: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly gatewayDeviceId: string | null;
  readonly gatewayName: string | null;
  /** The gateway because of whose silence nobody hears the device. */
  readonly foldedDeviceId: string | null;
  readonly foldedName: string | null;
  readonly foldedPresence: Presence | null;
  /** By which the table is ordered: as the presence was judged. */
  readonly judgedContactAt: Date | null;
};

/** The row after which a page starts. `contactAt` null: among those never seen, which come last. */
export type DeviceListAfter =
  | { readonly by: "name"; readonly name: string; readonly key: bigint }
  | { readonly by: "created"; readonly key: bigint }
  | { readonly by: "contact"; readonly contactAt: Date | null; readonly key: bigint };

/** More than these are found sooner in the order of names than sorted. */
const mostSorted = 20_000;

type Page = ReadAt & {
  readonly filter: ResolvedFilter;
  readonly by: SortColumn;
  readonly descending: boolean;
  readonly after: DeviceListAfter | null;
  readonly limit: number;
};

/**
 * One page of the fleet in a total order; keyset, so that page 2 000 costs what page 1 does. In a
 * transaction without parallel plans, see withTenant.
 */
export async function listDevicePage(tx: Tx, page: Page): Promise<FleetRow[]> {
  const { by, after, descending, limit } = page;
  if (by === "name") {
    const from = after?.by === "name" ? [after.name, after.key] : null;
    const range = { descending, from, limit };
    return select(tx, page, await nameLeads(tx, page, range), range);
  }
  if (by === "created") {
    const from = after?.by === "created" ? [after.key] : null;
    return select(tx, page, [plainLead([Prisma.sql`d.key`])], { descending, from, limit });
  }
  return listByContact(tx, page, after?.by === "contact" ? after : null);
}

async function nameLeads(tx: Tx, page: Page, range: Range): Promise<readonly Lead[]> {
  const test = endedTest(page.filter);
  if (test === undefined) return leadsByName(page, range);
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM ${endedSql(page)} LIMIT ${mostSorted + 1}) AS ended`;
  const isMany = (rows[0]?.count ?? 0) > mostSorted;
  return [endedLead({ ...page, test }, { range, isMany })];
}

/** Those that were seen, then those that never were. */
async function listByContact(
  tx: Tx,
  page: Page,
  from: Extract<DeviceListAfter, { by: "contact" }> | null,
): Promise<FleetRow[]> {
  const { descending, limit } = page;
  const seen =
    from !== null && from.contactAt === null
      ? []
      : await select(tx, page, [contactLead(page, "seen")], {
          descending,
          from: from === null ? null : [from.contactAt, from.key],
          limit,
        });
  if (seen.length === limit) return seen;
  const neverSeen = await select(tx, page, [contactLead(page, "never seen")], {
    descending: false,
    from: from !== null && from.contactAt === null ? [from.key] : null,
    limit: limit - seen.length,
  });
  return [...seen, ...neverSeen];
}

/** Picks the page by index first, then looks up the rest for its few rows. */
async function select(
  tx: Tx,
  page: Page,
  leads: readonly Lead[],
  range: Range,
): Promise<FleetRow[]> {
  const { tenantId, now } = page;
  const columns = leads[0]?.columns.map((_, index) => Prisma.raw(`o${index}`)) ?? [];
  const picks = leads.map((lead) => pickSql(page, lead, range));
  return tx.$queryRaw<FleetRow[]>`
    WITH picked AS MATERIALIZED (
      SELECT * FROM (${Prisma.join(picks, " UNION ALL ")}) AS found
      ORDER BY ${orderSql(columns, range)} LIMIT ${range.limit}
    )
    SELECT ${deviceColumns(now)}, s.firmware, d.place, d.latitude, d.longitude,
      g.device_id AS "gatewayDeviceId", g.name AS "gatewayName",
      fd.device_id AS "foldedDeviceId", fd.name AS "foldedName", fp.presence AS "foldedPresence",
      pr.contact_at AS "judgedContactAt"
    FROM picked JOIN device d ON d.tenant_id = ${tenantId}::uuid AND d.key = picked.key
    ${presenceTables(tenantId)} ${currentCertificate(tenantId)}
    LEFT JOIN device g ON ${ofTenant("g", tenantId)} AND g.id = d.gateway_id
    LEFT JOIN device fd ON ${ofTenant("fd", tenantId)} AND fd.key = pr.folded_key
    LEFT JOIN device_presence fp ON ${ofTenant("fp", tenantId)} AND fp.device_key = pr.folded_key
    ORDER BY ${orderSql(columns, range)}`;
}

function pickSql(page: Page, lead: Lead, range: Range): Prisma.Sql {
  const tests = page.filter.tests.filter((test) => !lead.answers.includes(test));
  const { from, where } = resolvedFilterSql({ ...page.filter, tests }, page);
  const named = lead.columns.map(
    (column, index) => Prisma.sql`${column} AS ${Prisma.raw(`o${index}`)}`,
  );
  return Prisma.sql`(SELECT d.key, ${Prisma.join(named)} FROM ${from} ${lead.join}
    WHERE ${where} AND ${lead.where} AND ${beyondSql(lead.columns, range)}
    ORDER BY ${orderSql(lead.columns, range)} LIMIT ${range.limit})`;
}
