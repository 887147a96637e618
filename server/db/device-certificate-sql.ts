import type { ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { renewSoonDays, type CertificateLife } from "#server/domain/certificate-life.ts";

/** Whether the current certificate of `d` stands in one of the lives; each is a range of an index. */
export function deviceCertificateSql(
  lives: readonly CertificateLife[],
  { tenantId, now }: ReadAt,
): Prisma.Sql {
  const end = Prisma.sql`SELECT 1 FROM device_certificate_end e
    WHERE e.tenant_id = ${tenantId}::uuid AND e.device_id = d.id`;
  const soon = new Date(now.getTime() + renewSoonDays * 86_400_000);
  const ranges: Readonly<Record<Exclude<CertificateLife, "none">, Prisma.Sql>> = {
    expired: Prisma.sql`e.not_after <= ${now}::timestamptz`,
    renew_soon: Prisma.sql`(e.not_after > ${now}::timestamptz AND e.not_after <= ${soon}::timestamptz)`,
    valid: Prisma.sql`e.not_after > ${soon}::timestamptz`,
  };
  // As a rule they are few: all of them, and not each device in the order of the page. OFFSET 0 keeps it so.
  if (lives.length === 1 && lives[0] === "expired") {
    return Prisma.sql`d.key IN (SELECT e.device_key FROM device_certificate_end e
      WHERE e.tenant_id = ${tenantId}::uuid AND ${ranges.expired} OFFSET 0)`;
  }
  const within = lives.flatMap((life) => (life === "none" ? [] : [ranges[life]]));
  const tests = [
    ...(within.length === 0
      ? []
      : [Prisma.sql`EXISTS (${end} AND (${Prisma.join(within, " OR ")}))`]),
    ...(lives.includes("none")
      ? [Prisma.sql`NOT EXISTS (${end} AND e.not_after IS NOT NULL)`]
      : []),
  ];
  return Prisma.sql`(${Prisma.join(tests, " OR ")})`;
}
