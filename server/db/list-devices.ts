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
import { findTextPlace, hasPlaces, type NameSpan } from "#server/db/find-device-text.ts";
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

/** After so many places the rest of the names is read at once: most may be such places. */
const mostPlaces = 4;

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
    return listByName(tx, page, after?.by === "name" ? after : null);
  }
  if (by === "created") {
    const from = after?.by === "created" ? [after.key] : null;
    return select(tx, page, [plainLead([Prisma.sql`d.key`])], { descending, from, limit });
  }
  return listByContact(tx, page, after?.by === "contact" ? after : null);
}

/** Texts that must occur, do in many devices, and whose places are known. */
function frequentTexts({ tests }: ResolvedFilter): readonly string[] {
  return tests.flatMap((test) =>
    test.kind === "text" && !test.negated && test.keys === null && hasPlaces(test.text)
      ? [test.text]
      : [],
  );
}

/** Where a text is wanted that occurs in many devices: from one place of such names to the next. */
async function listByName(
  tx: Tx,
  page: Page,
  after: Extract<DeviceListAfter, { by: "name" }> | null,
): Promise<FleetRow[]> {
  const { descending, limit, filter } = page;
  const range = { descending, from: after === null ? null : [after.name, after.key], limit };
  const leadsFor = await nameLeads(tx, page);
  const texts = frequentTexts(filter);
  if (texts.length === 0) return select(tx, page, leadsFor(range), range);
  const rows: FleetRow[] = [];
  let from = after === null ? null : descending ? `${after.name}\u0001` : after.name;
  for (let found = 0; rows.length < limit; found += 1) {
    const within: NameSpan | undefined =
      found < mostPlaces
        ? await findTextPlace(tx, texts, { from, backwards: descending })
        : { first: descending ? null : from, beyond: descending ? from : null };
    if (within === undefined) break;
    const rest = { ...range, within, limit: limit - rows.length };
    rows.push(...(await select(tx, page, leadsFor(rest), rest)));
    from = descending ? within.first : within.beyond;
    if (from === null) break;
  }
  return rows;
}

/** What is asked once for all parts of a page. @returns the leads for a part of it */
async function nameLeads(tx: Tx, page: Page): Promise<(range: Range) => readonly Lead[]> {
  const test = endedTest(page.filter);
  if (test === undefined) return (range) => leadsByName(page, range);
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM ${endedSql(page)} LIMIT ${mostSorted + 1}) AS ended`;
  const isMany = (rows[0]?.count ?? 0) > mostSorted;
  return (range) => [endedLead({ ...page, test }, { range, isMany })];
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
