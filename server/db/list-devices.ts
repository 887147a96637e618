import type { Tx } from "#server/db/client.ts";
import {
  currentCertificate,
  deviceColumns,
  presenceTables,
  type DeviceRow,
  type ReadAt,
} from "#server/db/device-columns.ts";
import { deviceFilterSql } from "#server/db/device-filter-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { lastContactSql } from "#server/db/presence-sql.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";

export type SortColumn = "name" | "contact" | "created";

/** The row after which a page starts. `contactAt` null: among those never seen, which come last. */
export type DeviceListAfter =
  | { readonly by: "name"; readonly name: string; readonly id: string }
  | { readonly by: "created"; readonly key: bigint }
  | { readonly by: "contact"; readonly contactAt: Date | null; readonly key: bigint };

type Page = ReadAt & {
  readonly filter: FleetFilter;
  readonly by: SortColumn;
  readonly descending: boolean;
  readonly after: DeviceListAfter | null;
  readonly limit: number;
};

type Keyset = { readonly order: Prisma.Sql; readonly beyond: Prisma.Sql };

/** One page of the fleet in a total order; keyset, so that page 2 000 costs what page 1 does. */
export async function listDevicePage(tx: Tx, page: Page): Promise<DeviceRow[]> {
  if (page.by !== "contact") return select(tx, page, keysetOf(page), page.limit);

  const after = page.after?.by === "contact" ? page.after : null;
  const seen =
    after !== null && after.contactAt === null
      ? []
      : await select(tx, page, seenKeyset(page, after), page.limit);
  const room = page.limit - seen.length;
  if (room === 0) return seen;
  const neverSeen = await select(tx, page, neverSeenKeyset(after), room);
  return [...seen, ...neverSeen];
}

function keysetOf({ by, descending, after }: Page): Keyset {
  const way = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const sign = descending ? Prisma.sql`<` : Prisma.sql`>`;
  if (by === "created") {
    return {
      order: Prisma.sql`d.key ${way}`,
      beyond: after?.by === "created" ? Prisma.sql`d.key ${sign} ${after.key}` : Prisma.sql`true`,
    };
  }
  return {
    order: Prisma.sql`d.name ${way}, d.id ${way}`,
    beyond:
      after?.by === "name"
        ? Prisma.sql`(d.name, d.id) ${sign} (${after.name}, ${after.id}::uuid)`
        : Prisma.sql`true`,
  };
}

function seenKeyset(
  { descending }: Page,
  after: { readonly contactAt: Date | null; readonly key: bigint } | null,
): Keyset {
  const way = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const sign = descending ? Prisma.sql`<` : Prisma.sql`>`;
  const known = Prisma.sql`${lastContactSql} IS NOT NULL`;
  return {
    order: Prisma.sql`${lastContactSql} ${way}, s.device_key ${way}`,
    beyond:
      after === null
        ? known
        : Prisma.sql`(${lastContactSql}, s.device_key) ${sign} (${after.contactAt}::timestamptz, ${after.key})`,
  };
}

function neverSeenKeyset(
  after: { readonly contactAt: Date | null; readonly key: bigint } | null,
): Keyset {
  const none = Prisma.sql`${lastContactSql} IS NULL`;
  const within = after !== null && after.contactAt === null;
  return {
    order: Prisma.sql`d.key ASC`,
    beyond: within ? Prisma.sql`${none} AND d.key > ${after.key}` : none,
  };
}

/** Picks the page by index first, then looks up the rest for its few rows. */
async function select(
  tx: Tx,
  page: Page,
  { order, beyond }: Keyset,
  limit: number,
): Promise<DeviceRow[]> {
  const { filter, tenantId, now } = page;
  const { from, where } = deviceFilterSql(filter, page, { status: page.by === "contact" });
  return tx.$queryRaw<DeviceRow[]>`
    WITH picked AS MATERIALIZED (
      SELECT d.id FROM ${from} WHERE ${where} AND ${beyond} ORDER BY ${order} LIMIT ${limit}
    )
    SELECT ${deviceColumns(now)}
    FROM picked JOIN device d ON d.tenant_id = ${tenantId}::uuid AND d.id = picked.id
    ${presenceTables(tenantId)} ${currentCertificate(tenantId)}
    ORDER BY ${order}`;
}
