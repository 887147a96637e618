import type { Tx } from "#server/db/client.ts";
import { containsPattern } from "#server/db/contains-pattern.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { RevocationChip, RevocationState } from "#server/domain/revocation-state.ts";

/** An entry of the outbox with its certificate and device, as lists show it. */
export type RevocationRow = {
  readonly id: string;
  readonly position: bigint;
  readonly certificateId: string;
  readonly sha256: string;
  readonly deviceKey: bigint;
  /** Null once the device belongs to another organisation. */
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly serial: string | null;
  readonly kind: "revoked" | "suspended";
  readonly state: RevocationState;
  readonly reason: string;
  readonly at: Date;
  readonly by: string;
  readonly wasConnected: boolean;
  readonly lastSessionAt: Date | null;
  readonly lastMessageAt: Date | null;
  readonly crlNumber: bigint | null;
  readonly crlAt: Date | null;
  readonly cutAt: Date | null;
  readonly cutSessions: number;
  readonly attempts: bigint;
  readonly lastAttemptAt: Date | null;
  readonly lastAttemptRemote: string | null;
  readonly releasedAt: Date | null;
  readonly releasedBy: string | null;
};

/** Which entries. */
export type RevocationsWhere = {
  readonly chip?: RevocationChip | undefined;
  /** In the device's id or name, the fingerprint, or the serial number. */
  readonly text?: string | undefined;
  readonly id?: string | undefined;
};

const state = Prisma.sql`CASE
  WHEN r.kind = 'revoked' THEN 'revoked'
  WHEN r.released_at IS NOT NULL THEN 'released'
  WHEN c.state = 'revoked' THEN 'replaced'
  ELSE 'held' END`;

const tables = Prisma.sql`certificate_revocation r
  LEFT JOIN certificate c ON c.tenant_id = r.tenant_id AND c.id = r.certificate_id
  LEFT JOIN device d ON d.tenant_id = r.tenant_id AND d.key = r.device_key`;

function conditions({ chip, text, id }: RevocationsWhere): Prisma.Sql[] {
  const all = [Prisma.sql`r.tenant_id = app_tenant()`];
  if (id !== undefined) all.push(Prisma.sql`r.id = ${id}::uuid`);
  if (chip === "trying") all.push(Prisma.sql`r.attempts > 0 AND r.released_at IS NULL`);
  else if (chip !== undefined) all.push(Prisma.sql`${state} = ${chip}`);
  if (text !== undefined && text !== "") {
    const hex = text.toLowerCase().replaceAll(":", "");
    const pattern = containsPattern(text);
    all.push(Prisma.sql`(d.device_id ILIKE ${pattern} OR d.name ILIKE ${pattern}
      OR r.sha256 LIKE ${containsPattern(hex)} OR c.serial = ${hex})`);
  }
  return all;
}

/** The entries, newest first. @param at.before position behind which the page begins */
export async function findRevocations(
  tx: Tx,
  where: RevocationsWhere,
  at: { readonly before?: bigint | undefined; readonly limit: number },
): Promise<readonly RevocationRow[]> {
  const all = conditions(where);
  if (at.before !== undefined) all.push(Prisma.sql`r.position < ${at.before}`);
  return tx.$queryRaw<RevocationRow[]>`
    SELECT r.id::text, r.position, r.certificate_id::text AS "certificateId", r.sha256,
      r.device_key AS "deviceKey", d.device_id AS "deviceId", d.name AS "deviceName", c.serial,
      r.kind, ${state} AS state, r.reason, r.at, r.by, r.was_connected AS "wasConnected",
      r.last_session_at AS "lastSessionAt", r.last_message_at AS "lastMessageAt",
      r.crl_number AS "crlNumber", r.crl_at AS "crlAt", r.cut_at AS "cutAt",
      r.cut_sessions AS "cutSessions", r.attempts, r.last_attempt_at AS "lastAttemptAt",
      r.last_attempt_remote AS "lastAttemptRemote", r.released_at AS "releasedAt",
      r.released_by AS "releasedBy"
    FROM ${tables} WHERE ${Prisma.join(all, " AND ")}
    ORDER BY r.position DESC LIMIT ${at.limit}`;
}

/** How many entries each chip has. */
export async function countRevocations(
  tx: Tx,
  where: Pick<RevocationsWhere, "text">,
): Promise<Readonly<Record<RevocationChip, number>>> {
  const rows = await tx.$queryRaw<Readonly<Record<RevocationChip, number>>[]>`
    SELECT count(*) FILTER (WHERE ${state} = 'revoked')::int AS revoked,
      count(*) FILTER (WHERE ${state} = 'held')::int AS held,
      count(*) FILTER (WHERE ${state} = 'released')::int AS released,
      count(*) FILTER (WHERE r.attempts > 0 AND r.released_at IS NULL)::int AS trying
    FROM ${tables} WHERE ${Prisma.join(conditions(where), " AND ")}`;
  return rows[0] ?? { revoked: 0, held: 0, released: 0, trying: 0 };
}
