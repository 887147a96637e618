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
import type { ResolvedFilter, ResolvedTest } from "#server/db/resolve-fleet-filter.ts";
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

type Page = ReadAt & {
  readonly filter: ResolvedFilter;
  readonly by: SortColumn;
  readonly descending: boolean;
  readonly after: DeviceListAfter | null;
  readonly limit: number;
};

/** An index in whose order the page is read: its table joined to `d`, and what it is narrowed to. */
type Lead = {
  readonly join: Prisma.Sql;
  readonly where: Prisma.Sql;
  /** What the order consists of, the key last. */
  readonly columns: readonly Prisma.Sql[];
  /** The test that the lead stands for: said twice, it would be taken for two that narrow. */
  readonly answers?: ResolvedTest;
};

/** One page of the fleet in a total order; keyset, so that page 2 000 costs what page 1 does. */
export async function listDevicePage(tx: Tx, page: Page): Promise<FleetRow[]> {
  const { by, after, descending, limit } = page;
  // A page is read in some milliseconds: starting processes that help with it would take longer.
  await tx.$queryRaw`SELECT set_config('max_parallel_workers_per_gather', '0', true)`;
  if (by === "name") {
    const from = after?.by === "name" ? [after.name, after.key] : null;
    return select(tx, page, leadsByName(page), { descending, from, limit });
  }
  if (by === "created") {
    const from = after?.by === "created" ? [after.key] : null;
    return select(tx, page, [plainLead([Prisma.sql`d.key`])], { descending, from, limit });
  }
  return listByContact(tx, page, after?.by === "contact" ? after : null);
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

function plainLead(columns: readonly Prisma.Sql[]): Lead {
  return { join: Prisma.empty, where: Prisma.sql`true`, columns };
}

function contactLead({ tenantId }: ReadAt, which: "seen" | "never seen"): Lead {
  const key = Prisma.sql`pr.device_key`;
  return {
    join: Prisma.sql`JOIN device_presence pr ON ${ofTenant("pr", tenantId)} AND pr.device_key = d.key`,
    ...(which === "seen"
      ? { where: Prisma.sql`pr.contact_at IS NOT NULL`, columns: [Prisma.sql`pr.contact_at`, key] }
      : { where: Prisma.sql`pr.contact_at IS NULL`, columns: [key] }),
  };
}

/**
 * Where the filter names a tag, presences or profiles, each of them has an index in the order of
 * names; the pages of several are merged.
 */
function leadsByName({ filter, tenantId }: Page): readonly Lead[] {
  const wanted = filter.tests.filter(({ negated }) => !negated);
  const tags = wanted.find((test) => test.kind === "tags");
  if (tags?.kind === "tags" && tags.values.length === 1) {
    const where = Prisma.sql`side.tag = ${tags.values[0]}`;
    return [sideLead(Prisma.sql`device_tag`, where, { tenantId, answers: tags })];
  }
  const presence = wanted.find((test) => test.kind === "presence");
  if (presence?.kind === "presence") {
    return [...new Set(presence.values)].map((value) =>
      sideLead(Prisma.sql`device_presence`, Prisma.sql`side.presence = ${value}`, {
        tenantId,
        answers: presence,
      }),
    );
  }
  const profiles = wanted.find((test) => test.kind === "profiles");
  const columns = [Prisma.sql`d.name`, Prisma.sql`d.key`];
  if (profiles?.kind !== "profiles") return [plainLead(columns)];
  return [...new Set(profiles.ids)].map((id) => ({
    join: Prisma.empty,
    where: Prisma.sql`d.profile_id = ${id}::uuid`,
    columns,
    answers: profiles,
  }));
}

function sideLead(
  table: Prisma.Sql,
  where: Prisma.Sql,
  { tenantId, answers }: { readonly tenantId: string; readonly answers: ResolvedTest },
): Lead {
  return {
    join: Prisma.sql`JOIN ${table} side ON ${ofTenant("side", tenantId)} AND side.device_key = d.key`,
    where,
    columns: [Prisma.sql`side.name`, Prisma.sql`side.device_key`],
    answers,
  };
}

type Range = {
  readonly descending: boolean;
  /** Values of the lead's columns of the row before the page. */
  readonly from: readonly (string | bigint | Date | null)[] | null;
  readonly limit: number;
};

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

function orderSql(columns: readonly Prisma.Sql[], { descending }: Range): Prisma.Sql {
  const way = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  return Prisma.join(columns.map((column) => Prisma.sql`${column} ${way}`));
}

function pickSql(page: Page, lead: Lead, range: Range): Prisma.Sql {
  const tests = page.filter.tests.filter((test) => test !== lead.answers);
  const { from, where } = resolvedFilterSql({ ...page.filter, tests }, page);
  const named = lead.columns.map(
    (column, index) => Prisma.sql`${column} AS ${Prisma.raw(`o${index}`)}`,
  );
  return Prisma.sql`(SELECT d.key, ${Prisma.join(named)} FROM ${from} ${lead.join}
    WHERE ${where} AND ${lead.where} AND ${beyondSql(lead, range)}
    ORDER BY ${orderSql(lead.columns, range)} LIMIT ${range.limit})`;
}

function beyondSql({ columns }: Lead, { from, descending }: Range): Prisma.Sql {
  if (from === null) return Prisma.sql`true`;
  const sign = descending ? Prisma.sql`<` : Prisma.sql`>`;
  const values = from.map((value) =>
    value instanceof Date ? Prisma.sql`${value}::timestamptz` : Prisma.sql`${value}`,
  );
  return Prisma.sql`(${Prisma.join([...columns])}) ${sign} (${Prisma.join(values)})`;
}
