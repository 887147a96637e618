import {
  deviceCertificateConditions,
  otherCertificateConditions,
} from "#server/db/certificate-filter-sql.ts";
import {
  deviceCertificateTables,
  deviceStandingColumns,
  nextContactSql,
  profilesCte,
  renewalPlanSql,
  standingSql,
} from "#server/db/certificate-standing-sql.ts";
import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { otherCertificatesSql } from "#server/db/other-certificates-sql.ts";
import { lastContactSql } from "#server/db/presence-sql.ts";
import type { CertificateFilter } from "#server/domain/certificate-filter.ts";
import type { CertificateKind } from "#server/domain/certificate-kind.ts";
import type { CertificateStanding, RenewalPlan } from "#server/domain/certificate-standing.ts";

/** One row of the inventory, of whatever kind. */
export type CertificateRow = {
  readonly kind: CertificateKind;
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly sha256: string;
  readonly keyAlgorithm: string;
  /** Where the columns do not say enough by themselves: other kinds than devices'. */
  readonly pem: string | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly groupId: string | null;
  readonly profileId: string | null;
  readonly profileName: string | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly standing: CertificateStanding;
  readonly dueAt: Date | null;
  readonly plan: RenewalPlan | null;
  readonly lastContactAt: Date | null;
  readonly nextContactAt: Date | null;
};

/** The row after which a page starts. Of those that end at one instant, devices' come first. */
export type CertificateAfter = {
  readonly notAfter: Date;
  readonly ofDevice: boolean;
  readonly id: string;
};

export type CertificatePage = ReadAt & {
  readonly filter: CertificateFilter;
  readonly descending: boolean;
  readonly after: CertificateAfter | null;
  readonly limit: number;
  /** Whether what belongs to the installation is part of it. */
  readonly installation: boolean;
};

/** One page of the inventory by end; keyset, so that page 2 000 costs what page 1 does. */
export async function listCertificatePage(
  tx: Tx,
  page: CertificatePage,
): Promise<CertificateRow[]> {
  const [ofDevices, others] = [await selectOfDevices(tx, page), await selectOthers(tx, page)];
  return [...ofDevices, ...others].toSorted(orderOf(page)).slice(0, page.limit);
}

function orderOf({ descending }: CertificatePage) {
  const sign = descending ? -1 : 1;
  return (left: CertificateRow, right: CertificateRow): number => {
    const byEnd = (left.notAfter.getTime() - right.notAfter.getTime()) * sign;
    if (byEnd !== 0) return byEnd;
    const byKind = Number(left.kind !== "device") - Number(right.kind !== "device");
    if (byKind !== 0) return byKind;
    return (left.id < right.id ? -1 : Number(left.id > right.id)) * sign;
  };
}

type Keyset = { readonly order: Prisma.Sql; readonly beyond: Prisma.Sql[] };

function deviceKeyset({ descending, after }: CertificatePage): Keyset {
  const way = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const sign = descending ? Prisma.sql`<` : Prisma.sql`>`;
  const order = Prisma.sql`c.not_after ${way}, c.id ${way}`;
  if (after === null) return { order, beyond: [] };
  return {
    order,
    beyond: [
      after.ofDevice
        ? Prisma.sql`(c.not_after, c.id) ${sign} (${after.notAfter}::timestamptz, ${after.id}::uuid)`
        : Prisma.sql`c.not_after ${sign} ${after.notAfter}::timestamptz`,
    ],
  };
}

function otherKeyset({ descending, after }: CertificatePage): Keyset {
  const way = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const sign = descending ? Prisma.sql`<` : Prisma.sql`>`;
  const order = Prisma.sql`o.not_after ${way}, o.id COLLATE "C" ${way}`;
  if (after === null) return { order, beyond: [] };
  const at = Prisma.sql`${after.notAfter}::timestamptz`;
  return {
    order,
    beyond: [
      after.ofDevice
        ? Prisma.sql`o.not_after ${sign}= ${at}`
        : Prisma.sql`(o.not_after, o.id COLLATE "C") ${sign} (${at}, ${after.id})`,
    ],
  };
}

/** Picks the page by index first, then looks up the rest for its few rows. */
async function selectOfDevices(tx: Tx, page: CertificatePage): Promise<CertificateRow[]> {
  const conditions = deviceCertificateConditions(page.filter, page);
  if (conditions === undefined) return [];
  const { order, beyond } = deviceKeyset(page);
  return tx.$queryRaw<CertificateRow[]>`
    WITH ${profilesCte(page)}, picked AS MATERIALIZED (
      SELECT c.id FROM ${deviceCertificateTables(page)}
      WHERE ${Prisma.join([...conditions, ...beyond], " AND ")} ORDER BY ${order} LIMIT ${page.limit}
    )
    SELECT 'device' AS kind, c.id::text AS id, d.name, c.subject, c.issuer, c.serial, c.sha256,
      c.key_algorithm AS "keyAlgorithm", NULL AS pem, d.device_id AS "deviceId", d.name AS "deviceName",
      NULL AS "groupId", p.id::text AS "profileId", p.name AS "profileName",
      c.not_before AS "notBefore", c.not_after AS "notAfter",
      ${standingSql(deviceStandingColumns, page.now)} AS standing, c.renewal_due_at AS "dueAt",
      ${renewalPlanSql(page)} AS plan, ${lastContactSql} AS "lastContactAt",
      ${nextContactSql(page.now)} AS "nextContactAt"
    FROM picked JOIN ${deviceCertificateTables(page)} ON c.id = picked.id
    WHERE c.tenant_id = ${page.tenantId}::uuid
    ORDER BY ${order}`;
}

async function selectOthers(tx: Tx, page: CertificatePage): Promise<CertificateRow[]> {
  const conditions = otherCertificateConditions(page.filter, page);
  if (conditions === undefined) return [];
  const { order, beyond } = otherKeyset(page);
  return tx.$queryRaw<CertificateRow[]>`
    SELECT o.kind, o.id, o.name, o.subject, o.issuer, o.serial, o.sha256,
      o.key_algorithm AS "keyAlgorithm", o.pem, NULL AS "deviceId", NULL AS "deviceName",
      o.group_id::text AS "groupId", o.profile_id::text AS "profileId", f.name AS "profileName",
      o.not_before AS "notBefore", o.not_after AS "notAfter", o.standing, o.due_at AS "dueAt",
      CASE WHEN o.due_at IS NOT NULL THEN 'automatic' END AS plan,
      NULL::timestamptz AS "lastContactAt", NULL::timestamptz AS "nextContactAt"
    FROM ${otherCertificatesSql(page, page)} o
    LEFT JOIN profile f ON f.tenant_id = ${page.tenantId}::uuid AND f.id = o.profile_id
    WHERE ${Prisma.join([...conditions, ...beyond], " AND ")}
    ORDER BY ${order} LIMIT ${page.limit}`;
}

/** How many match, counted up to `bound`. */
export async function countCertificates(
  tx: Tx,
  page: Omit<CertificatePage, "descending" | "after" | "limit"> & { readonly bound: number },
): Promise<number> {
  const ofDevices = deviceCertificateConditions(page.filter, page);
  const others = otherCertificateConditions(page.filter, page);
  const counts = [
    ...(ofDevices === undefined
      ? []
      : [
          Prisma.sql`(SELECT count(*)::int FROM (SELECT 1 FROM ${deviceCertificateTables(page)}
            WHERE ${Prisma.join(ofDevices, " AND ")} LIMIT ${page.bound}) x)`,
        ]),
    ...(others === undefined
      ? []
      : [
          Prisma.sql`(SELECT count(*)::int FROM ${otherCertificatesSql(page, page)} o
            WHERE ${Prisma.join(others, " AND ")})`,
        ]),
  ];
  if (counts.length === 0) return 0;
  const rows = await tx.$queryRaw<{ count: number }[]>`
    WITH ${profilesCte(page)} SELECT ${Prisma.join(counts, " + ")} AS count`;
  return rows[0]?.count ?? 0;
}
