import { ofTenant, type ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { NameSpan } from "#server/db/find-device-text.ts";
import type { ResolvedFilter, ResolvedTest } from "#server/db/resolve-fleet-filter.ts";

/** An index in whose order a page is read: its table joined to `d`, and what it is narrowed to. */
export type Lead = {
  readonly join: Prisma.Sql;
  readonly where: Prisma.Sql;
  /** What the order consists of, the key last. */
  readonly columns: readonly Prisma.Sql[];
  /** The tests that the lead stands for: said twice, they would be taken for more that narrow. */
  readonly answers: readonly ResolvedTest[];
};

/** Which part of an order is read. */
export type Range = {
  readonly descending: boolean;
  /** Values of the lead's columns of the row before the page. */
  readonly from: readonly (string | bigint | Date | null)[] | null;
  readonly limit: number;
  /** In the order of names: no others. */
  readonly within?: NameSpan;
};

/** More indexes than these are not merged: each is asked for its first row, for every page. */
const mostLeads = 10;

/** Rows of one test that stand in the order of names in an index. */
type Side = {
  readonly table: Prisma.Sql;
  readonly key: Prisma.Sql;
  readonly column: Prisma.Sql;
  readonly value: Prisma.Sql;
};

/** The order of a table's own columns. */
export function plainLead(columns: readonly Prisma.Sql[]): Lead {
  return { join: Prisma.empty, where: Prisma.sql`true`, columns, answers: [] };
}

/** The order of the newest contact, as it was judged. */
export function contactLead({ tenantId }: ReadAt, which: "seen" | "never seen"): Lead {
  const key = Prisma.sql`pr.device_key`;
  return {
    join: Prisma.sql`JOIN device_presence pr ON ${ofTenant("pr", tenantId)} AND pr.device_key = d.key`,
    answers: [],
    ...(which === "seen"
      ? { where: Prisma.sql`pr.contact_at IS NOT NULL`, columns: [Prisma.sql`pr.contact_at`, key] }
      : { where: Prisma.sql`pr.contact_at IS NULL`, columns: [key] }),
  };
}

/**
 * The order of names. Each tag, presence and profile that the filter names has an index in this
 * order. A device that several tests want is found where their indexes meet, before anything else
 * of it is read; the pages of those that are alternatives are merged.
 */
export function leadsByName(
  { filter, tenantId }: { readonly filter: ResolvedFilter; readonly tenantId: string },
  range: Range,
): readonly Lead[] {
  let meetings: readonly (readonly Side[])[] = [[]];
  const answers: ResolvedTest[] = [];
  for (const test of filter.tests) {
    const sides = sidesOf(test);
    if (sides.length === 0 || sides.length * meetings.length > mostLeads) continue;
    meetings = meetings.flatMap((met) => sides.map((side) => [...met, side]));
    answers.push(test);
  }
  return meetings.map((sides) => ({ ...meetingLead(sides, { tenantId, range }), answers }));
}

/** The test for ended certificates, where nothing else of the filter leads in the order of names. */
export function endedTest(filter: ResolvedFilter): ResolvedTest | undefined {
  if (filter.tests.some((test) => sidesOf(test).length > 0)) return undefined;
  return filter.tests.find(
    (test) =>
      test.kind === "certificate" &&
      !test.negated &&
      test.values.every((value) => value === "expired"),
  );
}

/**
 * Ended certificates in the order of names. Their index is one of ends: few are sorted, by the
 * names that stand in it, and looked up until the page is full; many are met soon enough among all.
 */
export function endedLead(
  { tenantId, now, test }: ReadAt & { readonly test: ResolvedTest },
  { range, isMany }: { readonly range: Range; readonly isMany: boolean },
): Lead {
  const ended = endedSql({ tenantId, now });
  if (isMany) {
    const where = Prisma.sql`EXISTS (SELECT 1 FROM ${ended} AND e.device_id = d.id)`;
    return { ...plainLead([Prisma.sql`d.name`, Prisma.sql`d.key`]), where, answers: [test] };
  }
  const order = [Prisma.sql`e.name`, Prisma.sql`e.device_key`];
  return {
    join: Prisma.sql`JOIN (SELECT e.name, e.device_key FROM ${ended} AND ${beyondSql(order, range)}
      ORDER BY ${orderSql(order, range)} OFFSET 0) side ON side.device_key = d.key`,
    where: Prisma.sql`true`,
    columns: [Prisma.sql`side.name`, Prisma.sql`side.device_key`],
    answers: [test],
  };
}

/** The ended certificates as `e`: table and condition. */
export function endedSql({ tenantId, now }: ReadAt): Prisma.Sql {
  return Prisma.sql`device_certificate_end e
    WHERE e.tenant_id = ${tenantId}::uuid AND e.not_after <= ${now}::timestamptz`;
}

/** The alternatives of a test, no device in two of them; none where it has no such index. */
function sidesOf(test: ResolvedTest): readonly Side[] {
  if (test.negated) return [];
  if (test.kind === "tags") {
    // Of several tags a device may have more than one: it would be found twice.
    return new Set(test.values).size > 1 ? [] : [tagSide(test.values[0] ?? "")];
  }
  if (test.kind === "presence") return [...new Set(test.values)].map(presenceSide);
  return test.kind === "profiles" ? [...new Set(test.ids)].map(profileSide) : [];
}

function tagSide(tag: string): Side {
  const [table, key] = [Prisma.sql`device_tag`, Prisma.sql`device_key`];
  return { table, key, column: Prisma.sql`tag`, value: Prisma.sql`${tag}` };
}

function presenceSide(presence: string): Side {
  const [table, key] = [Prisma.sql`device_presence`, Prisma.sql`device_key`];
  return { table, key, column: Prisma.sql`presence`, value: Prisma.sql`${presence}` };
}

function profileSide(id: string): Side {
  const [table, key] = [Prisma.sql`device`, Prisma.sql`key`];
  return { table, key, column: Prisma.sql`profile_id`, value: Prisma.sql`${id}::uuid` };
}

function meetingLead(
  sides: readonly Side[],
  at: { readonly tenantId: string; readonly range: Range },
): Omit<Lead, "answers"> {
  const [first] = sides;
  if (first === undefined) return plainLead([Prisma.sql`d.name`, Prisma.sql`d.key`]);
  const columns = [Prisma.sql`side.name`, Prisma.sql`side.${first.key}`];
  const where = Prisma.sql`side.${first.column} = ${first.value}`;
  const join = Prisma.sql`JOIN ${first.table} side ON ${ofTenant("side", at.tenantId)}
    AND side.${first.key} = d.key`;
  if (sides.length === 1) return { join, where, columns };
  return {
    // OFFSET 0 keeps it apart: otherwise a side of the table of devices would be taken for `d`.
    join: Prisma.sql`JOIN (${meetingSql(sides, at)} OFFSET 0) side ON side.key = d.key`,
    where: Prisma.sql`true`,
    columns: [Prisma.sql`side.name`, Prisma.sql`side.key`],
  };
}

/** Names and keys that all sides have. Their indexes are walked side by side. */
function meetingSql(
  sides: readonly Side[],
  { tenantId, range }: { readonly tenantId: string; readonly range: Range },
): Prisma.Sql {
  const names = sides.map((side, index) => {
    const alias = Prisma.raw(`s${index}`);
    return {
      ...side,
      alias,
      name: Prisma.sql`${alias}.name`,
      key: Prisma.sql`${alias}.${side.key}`,
    };
  });
  const wanted = names.map(({ alias, name, key, column, value }, index) => {
    const meets =
      index === 0 ? Prisma.empty : Prisma.sql`AND ${name} = s0.name AND ${key} = ${names[0]?.key}`;
    return Prisma.sql`${alias}.tenant_id = ${tenantId}::uuid AND ${alias}.${column} = ${value} ${meets}
      AND ${beyondSql([name, key], range)}`;
  });
  const columns = [names[0]?.name ?? Prisma.empty, names[0]?.key ?? Prisma.empty];
  return Prisma.sql`SELECT s0.name, ${columns[1]} AS key
    FROM ${Prisma.join(names.map(({ table, alias }) => Prisma.sql`${table} ${alias}`))}
    WHERE ${Prisma.join(wanted, " AND ")} ORDER BY ${orderSql(columns, range)}`;
}

/** The order of a page, by the columns of its lead. */
export function orderSql(
  columns: readonly Prisma.Sql[],
  { descending }: Pick<Range, "descending">,
): Prisma.Sql {
  const way = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  return Prisma.join(columns.map((column) => Prisma.sql`${column} ${way}`));
}

/** What comes after the row before the page, within the names that are read. */
export function beyondSql(
  columns: readonly Prisma.Sql[],
  range: Pick<Range, "from" | "descending" | "within">,
): Prisma.Sql {
  const [name = Prisma.empty] = columns;
  const { first = null, beyond = null } = range.within ?? {};
  const bounds = [
    ...(first === null ? [] : [Prisma.sql`${name} >= ${first}`]),
    ...(beyond === null ? [] : [Prisma.sql`${name} < ${beyond}`]),
    ...afterSql(columns, range),
  ];
  return bounds.length === 0 ? Prisma.sql`true` : Prisma.join(bounds, " AND ");
}

function afterSql(
  columns: readonly Prisma.Sql[],
  { from, descending }: Pick<Range, "from" | "descending">,
): readonly Prisma.Sql[] {
  if (from === null) return [];
  const sign = descending ? Prisma.sql`<` : Prisma.sql`>`;
  const values = from.map((value) =>
    value instanceof Date ? Prisma.sql`${value}::timestamptz` : Prisma.sql`${value}`,
  );
  return [Prisma.sql`(${Prisma.join([...columns])}) ${sign} (${Prisma.join(values)})`];
}
