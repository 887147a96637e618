import {
  beforeContactSql,
  deviceStandingColumns,
  standingSql,
} from "#server/db/certificate-standing-sql.ts";
import { containsPattern } from "#server/db/contains-pattern.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { CertificateFilter } from "#server/domain/certificate-filter.ts";
import {
  quietStandings,
  type CertificateStanding,
  type RegistryState,
} from "#server/domain/certificate-standing.ts";

const dayMs = 86_400_000;

/** The states from which a standing can follow: an index answers them, the standing itself none. */
const statesOf: Readonly<Record<CertificateStanding, readonly RegistryState[]>> = {
  valid: ["active"],
  not_used: ["issued"],
  renew_soon: ["active"],
  due: ["active"],
  overdue: ["active"],
  critical: ["active"],
  expired: ["issued", "active"],
  suspended: ["suspended"],
  superseded: ["superseded"],
  retired: ["retired"],
  revoked: ["revoked"],
};

const quiet: readonly CertificateStanding[] = quietStandings;

/** When the certificates may end, by what is asked for; the upper bound does not belong to it. */
function endRange(
  filter: CertificateFilter,
  now: Date,
): { readonly from: Date | undefined; readonly before: Date | undefined } {
  const froms = [
    ...(filter.from === undefined ? [] : [new Date(`${filter.from}T00:00:00Z`)]),
    ...(filter.withinDays === undefined ? [] : [now]),
  ];
  const befores = [
    ...(filter.to === undefined
      ? []
      : [new Date(new Date(`${filter.to}T00:00:00Z`).getTime() + dayMs)]),
    ...(filter.withinDays === undefined
      ? []
      : [new Date(now.getTime() + filter.withinDays * dayMs)]),
  ];
  const order = (left: Date, right: Date) => left.getTime() - right.getTime();
  return { from: froms.toSorted(order).at(-1), before: befores.toSorted(order)[0] };
}

function rangeSql(notAfter: Prisma.Sql, filter: CertificateFilter, now: Date): Prisma.Sql[] {
  const { from, before } = endRange(filter, now);
  return [
    ...(from === undefined ? [] : [Prisma.sql`${notAfter} >= ${from}::timestamptz`]),
    ...(before === undefined ? [] : [Prisma.sql`${notAfter} < ${before}::timestamptz`]),
  ];
}

/** The exact condition, and before it the necessary ones that indexes answer. */
function deviceStandingConditions(
  standings: readonly CertificateStanding[],
  now: Date,
): Prisma.Sql[] {
  if (standings.length === 0) return [Prisma.sql`c.state IN ('issued', 'active', 'suspended')`];
  const states = [...new Set(standings.flatMap((standing) => statesOf[standing]))];
  // By name, so that the planner knows how many there are.
  const among = Prisma.sql`c.state IN (${Prisma.join(states.map((state) => Prisma.sql`${state}::"CertificateState"`))})`;
  const ofTime = standings.every((standing) => statesOf[standing].includes("active"));
  if (!ofTime) return [among, exactly(standings, now)];
  const range =
    standings.length === 1 && standings[0] === "expired"
      ? [Prisma.sql`c.not_after <= ${now}::timestamptz`]
      : standings.includes("expired")
        ? []
        : [Prisma.sql`c.not_after > ${now}::timestamptz`];
  return [among, ...range, exactly(standings, now)];
}

function exactly(standings: readonly CertificateStanding[], now: Date): Prisma.Sql {
  return Prisma.sql`${standingSql(deviceStandingColumns, now)} IN (${Prisma.join([...standings])})`;
}

function textSql(text: string): Prisma.Sql {
  const pattern = containsPattern(text);
  const named = Prisma.sql`d.device_id ILIKE ${pattern} OR d.name ILIKE ${pattern} OR c.subject ILIKE ${pattern}`;
  const digits = text.replaceAll(":", "").toLowerCase();
  return /^[0-9a-f]{6,64}$/.test(digits)
    ? Prisma.sql`(${named} OR c.sha256 LIKE ${`${digits}%`} OR c.serial LIKE ${`${digits}%`})`
    : Prisma.sql`(${named})`;
}

/** The filter over device certificates, see deviceCertificateTables(). Undefined: none can match. */
export function deviceCertificateConditions(
  filter: CertificateFilter,
  at: ReadAt,
): Prisma.Sql[] | undefined {
  if (filter.kinds.length > 0 && !filter.kinds.includes("device")) return undefined;
  return [
    Prisma.sql`c.tenant_id = ${at.tenantId}::uuid`,
    ...deviceStandingConditions(filter.standings, at.now),
    ...rangeSql(Prisma.sql`c.not_after`, filter, at.now),
    ...(filter.text === "" ? [] : [textSql(filter.text)]),
    ...(filter.profileIds.length === 0
      ? []
      : [Prisma.sql`d.profile_id = ANY(${filter.profileIds}::uuid[])`]),
    ...(filter.issuers.length === 0
      ? []
      : [Prisma.sql`c.issuer = ANY(${[...filter.issuers]}::text[])`]),
    ...(filter.beforeContact ? [beforeContactSql(at)] : []),
  ];
}

/** The filter over the other kinds, see otherCertificatesSql(). Undefined: none can match. */
export function otherCertificateConditions(
  filter: CertificateFilter,
  at: ReadAt,
): Prisma.Sql[] | undefined {
  const kinds = filter.kinds.filter((kind) => kind !== "device");
  if (filter.beforeContact || (filter.kinds.length > 0 && kinds.length === 0)) return undefined;
  const standing = Prisma.sql`o.standing`;
  return [
    filter.standings.length === 0
      ? Prisma.sql`${standing} NOT IN (${Prisma.join([...quiet])})`
      : Prisma.sql`${standing} IN (${Prisma.join([...filter.standings])})`,
    ...(kinds.length === 0 ? [] : [Prisma.sql`o.kind IN (${Prisma.join(kinds)})`]),
    ...rangeSql(Prisma.sql`o.not_after`, filter, at.now),
    ...(filter.text === "" ? [] : [otherTextSql(filter.text)]),
    ...(filter.profileIds.length === 0
      ? []
      : [Prisma.sql`o.profile_id = ANY(${filter.profileIds}::uuid[])`]),
    ...(filter.issuers.length === 0
      ? []
      : [Prisma.sql`o.issuer = ANY(${[...filter.issuers]}::text[])`]),
  ];
}

function otherTextSql(text: string): Prisma.Sql {
  const pattern = containsPattern(text);
  const digits = text.replaceAll(":", "").toLowerCase();
  const named = Prisma.sql`o.name ILIKE ${pattern} OR o.subject ILIKE ${pattern}`;
  return /^[0-9a-f]{6,64}$/.test(digits)
    ? Prisma.sql`(${named} OR o.sha256 LIKE ${`${digits}%`} OR o.serial LIKE ${`${digits}%`})`
    : Prisma.sql`(${named})`;
}
