import { Prisma } from "#server/db/generated/client.ts";
import {
  certificateLifeSql,
  connectedSql,
  currentNotAfterSql,
  lastContactSql,
  presenceSql,
} from "#server/db/presence-sql.ts";
import type { CertificateLife } from "#server/domain/certificate-life.ts";
import type { Presence } from "#server/domain/presence.ts";

/** One device as lists and pages need it. */
export type DeviceRow = {
  readonly id: string;
  readonly key: bigint;
  readonly deviceId: string;
  readonly name: string;
  readonly state: "active" | "suspended" | "decommissioned";
  readonly createdAt: Date;
  readonly profileId: string;
  readonly profileName: string;
  readonly expectedContactSeconds: number;
  readonly presence: Presence;
  readonly connected: boolean;
  readonly lastContactAt: Date | null;
  readonly connectedAt: Date | null;
  readonly protocol: string | null;
  readonly tlsVersion: string | null;
  readonly certificateNotAfter: Date | null;
  readonly certificateLife: CertificateLife;
};

/** Tables of {@link deviceColumns}; `current` is looked up per row, so keep LIMIT outside of it. */
export const deviceTables = Prisma.sql`device d
  JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
  LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key`;

/** End of the current certificate of `d`, by index. */
export const notAfterOfDevice = Prisma.sql`(SELECT ${currentNotAfterSql} FROM certificate c
  WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id)`;

/** The select list of a {@link DeviceRow}, over {@link deviceTables} and a lateral `current`. */
export function deviceColumns(now: Date): Prisma.Sql {
  return Prisma.sql`d.id, d.key, d.device_id AS "deviceId", d.name, d.state::text AS state,
    d.created_at AS "createdAt", p.id AS "profileId", p.name AS "profileName",
    p.expected_contact_seconds AS "expectedContactSeconds", ${presenceSql(now)} AS presence,
    ${connectedSql} AS connected, ${lastContactSql} AS "lastContactAt",
    s.connected_at AS "connectedAt", s.protocol, s.tls_version AS "tlsVersion",
    current.not_after AS "certificateNotAfter",
    ${certificateLifeSql(Prisma.sql`current.not_after`, now)} AS "certificateLife"`;
}

/** Joins the end of the current certificate as `current.not_after`. */
export const currentCertificate = Prisma.sql`CROSS JOIN LATERAL (SELECT ${notAfterOfDevice} AS not_after) current`;
