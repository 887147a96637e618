import type { ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { certificateLifeSql, currentNotAfterSql } from "#server/db/presence-sql.ts";
import { renewSoonDays, type CertificateLife } from "#server/domain/certificate-life.ts";

/** Of a condition. `isCount`: for counting, where no order of the devices has to be kept. */
export type FilterAt = ReadAt & { readonly isCount?: boolean };

/**
 * Whether the current certificate of `d` stands in one of the lives: the exact condition, and
 * before it a necessary one that an index answers.
 */
export function deviceCertificateSql(
  lives: readonly CertificateLife[],
  { tenantId, now, isCount = false }: FilterAt,
): Prisma.Sql {
  const usable = Prisma.sql`c.tenant_id = ${tenantId}::uuid AND c.state IN ('active', 'issued', 'superseded')`;
  if (lives.length === 1 && lives[0] === "none") {
    return Prisma.sql`NOT EXISTS (SELECT 1 FROM certificate c WHERE ${usable} AND c.device_id = d.id)`;
  }
  // OFFSET 0 keeps the look-up from being pulled up and done once per mention.
  const exact = Prisma.sql`(SELECT ${certificateLifeSql(Prisma.sql`current.not_after`, now)} FROM (
      SELECT ${currentNotAfterSql} AS not_after FROM certificate c
      WHERE c.tenant_id = ${tenantId}::uuid AND c.device_id = d.id OFFSET 0) current)
    IN (${Prisma.join([...lives])})`;
  const range = necessaryRange(lives, now);
  // Of those that are valid or end soon there are many: a page asks each device in its order.
  const areMany = lives.some((life) => life !== "expired");
  if (range === null || (areMany && !isCount)) return exact;
  return Prisma.sql`(EXISTS (SELECT 1 FROM certificate c
      WHERE ${usable} AND c.device_id = d.id AND ${range}) AND ${exact})`;
}

/** What must be true of the end of some usable certificate; null: nothing that narrows. */
function necessaryRange(lives: readonly CertificateLife[], now: Date): Prisma.Sql | null {
  if (lives.includes("none")) return null;
  const soon = new Date(now.getTime() + renewSoonDays * 86_400_000);
  const earliest = lives.includes("expired") ? null : lives.includes("renew_soon") ? now : soon;
  const latest = lives.includes("valid") ? null : lives.includes("renew_soon") ? soon : now;
  const range = [
    ...(earliest === null ? [] : [Prisma.sql`c.not_after > ${earliest}::timestamptz`]),
    ...(latest === null ? [] : [Prisma.sql`c.not_after <= ${latest}::timestamptz`]),
  ];
  return range.length === 0 ? null : Prisma.join(range, " AND ");
}
