import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** Letters with one cause, with what is read about them beside their row. */
export type DeadLetterGroupRow = {
  readonly fingerprint: string;
  readonly direction: "inbound" | "outbound";
  readonly reason: string;
  readonly path: string;
  readonly errorKind: string;
  readonly detail: string;
  readonly profileId: string;
  readonly profileName: string | null;
  readonly schemaName: string | null;
  readonly schemaVersion: number | null;
  readonly open: bigint;
  readonly replayed: bigint;
  readonly discarded: bigint;
  readonly expired: bigint;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly assigneeId: string | null;
  readonly assigneeName: string | null;
  readonly note: string;
};

export type GroupFilter = {
  readonly tenantId: string;
  readonly fingerprint?: string | undefined;
  readonly direction?: "inbound" | "outbound" | undefined;
  readonly openOnly: boolean;
  readonly q?: string | undefined;
  /** Null for those that nobody has. */
  readonly assigneeId?: string | null | undefined;
  readonly after?: { readonly lastAt: Date; readonly fingerprint: string } | undefined;
  readonly limit: number;
};

/** Groups, the newest first. */
export async function readDeadLetterGroups(
  tx: Tx,
  filter: GroupFilter,
): Promise<readonly DeadLetterGroupRow[]> {
  return tx.$queryRaw<DeadLetterGroupRow[]>`
    SELECT g.fingerprint, g.direction::text AS direction, g.reason, g.path,
      g.error_kind AS "errorKind", g.detail, g.profile_id AS "profileId", p.name AS "profileName",
      v.name AS "schemaName", v.version AS "schemaVersion", g.open, g.replayed, g.discarded,
      g.expired, g.first_at AS "firstAt", g.last_at AS "lastAt", g.assignee_id AS "assigneeId",
      u.name AS "assigneeName", g.note
    FROM dead_letter_group g
      LEFT JOIN profile p ON p.tenant_id = g.tenant_id AND p.id = g.profile_id
      LEFT JOIN schema_version v ON v.tenant_id = g.tenant_id AND v.id = g.schema_id
      LEFT JOIN "user" u ON u.tenant_id = g.tenant_id AND u.id = g.assignee_id
    WHERE ${conditionOf(filter)}
    ORDER BY g.last_at DESC, g.fingerprint DESC LIMIT ${filter.limit}`;
}

function conditionOf(filter: GroupFilter): Prisma.Sql {
  const { fingerprint, direction, q, assigneeId, after } = filter;
  const parts = [Prisma.sql`g.tenant_id = ${filter.tenantId}::uuid`];
  if (fingerprint !== undefined) parts.push(Prisma.sql`g.fingerprint = ${fingerprint}`);
  if (direction !== undefined) {
    parts.push(Prisma.sql`g.direction = ${direction}::"DeadLetterDirection"`);
  }
  if (filter.openOnly) parts.push(Prisma.sql`g.open > 0`);
  if (assigneeId === null) parts.push(Prisma.sql`g.assignee_id IS NULL`);
  else if (assigneeId !== undefined) parts.push(Prisma.sql`g.assignee_id = ${assigneeId}::uuid`);
  if (q !== undefined) {
    const like = `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    parts.push(Prisma.sql`(g.detail ILIKE ${like} OR g.path ILIKE ${like} OR g.reason ILIKE ${like}
      OR g.error_kind ILIKE ${like} OR p.name ILIKE ${like} OR v.name ILIKE ${like})`);
  }
  if (after !== undefined) {
    parts.push(Prisma.sql`(g.last_at, g.fingerprint) < (${after.lastAt}, ${after.fingerprint})`);
  }
  return Prisma.join(parts, " AND ");
}

/** How many came in an hour, of several groups. */
export async function readDeadLetterHours(
  tx: Tx,
  at: { readonly tenantId: string; readonly fingerprints: readonly string[]; readonly from: Date },
): Promise<
  readonly { readonly fingerprint: string; readonly hour: Date; readonly count: bigint }[]
> {
  return tx.deadLetterHour.findMany({
    where: {
      tenantId: at.tenantId,
      fingerprint: { in: [...at.fingerprints] },
      hour: { gte: at.from },
    },
    select: { fingerprint: true, hour: true, count: true },
  });
}

type Newest = {
  readonly tenantId: string;
  readonly fingerprints: readonly string[];
  /** Letters of each group that are looked at, the newest. */
  readonly newest: number;
};

/**
 * How many different devices the newest letters of groups are of. Each group is read backwards along
 * its index, so that one of a million costs what a small one does.
 */
export async function countDeadLetterDevices(
  tx: Tx,
  { tenantId, fingerprints, newest }: Newest,
): Promise<
  readonly { readonly fingerprint: string; readonly devices: number; readonly letters: number }[]
> {
  return tx.$queryRaw`
    SELECT f.fingerprint, count(DISTINCT n.device_id)::integer AS devices, count(n.device_id)::integer AS letters
    FROM unnest(${fingerprints}::text[]) AS f(fingerprint)
      LEFT JOIN LATERAL (${newestOf(tenantId, newest)}) AS n ON true
    GROUP BY f.fingerprint`;
}

/** The devices and the firmware of the newest letters of a group, the most frequent first. */
export async function readDeadLetterOrigins(
  tx: Tx,
  at: { readonly tenantId: string; readonly fingerprint: string; readonly newest: number },
): Promise<{
  readonly devices: readonly { readonly deviceId: string; readonly count: number }[];
  readonly firmware: readonly { readonly firmware: string | null; readonly count: number }[];
}> {
  const rows = await tx.$queryRaw<
    { kind: "device" | "firmware"; name: string | null; count: number }[]
  >`
    WITH n AS MATERIALIZED (
      SELECT n.* FROM (SELECT ${at.fingerprint}::text AS fingerprint) AS f,
        LATERAL (${newestOf(at.tenantId, at.newest)}) AS n)
    (SELECT 'device' AS kind, device_id AS name, count(*)::integer AS count FROM n
      GROUP BY device_id ORDER BY 3 DESC, 2 LIMIT 10)
    UNION ALL
    (SELECT 'firmware', firmware, count(*)::integer FROM n GROUP BY firmware ORDER BY 3 DESC, 2 LIMIT 10)`;
  const of = (kind: "device" | "firmware") => rows.filter((row) => row.kind === kind);
  return {
    devices: of("device").map(({ name, count }) => ({ deviceId: name ?? "", count })),
    firmware: of("firmware").map(({ name, count }) => ({ firmware: name, count })),
  };
}

function newestOf(tenantId: string, newest: number): Prisma.Sql {
  return Prisma.sql`
    SELECT device_id, firmware FROM dead_letter l
    WHERE l.tenant_id = ${tenantId}::uuid AND l.fingerprint = f.fingerprint
    ORDER BY l.event_at DESC, l.id DESC LIMIT ${newest}`;
}
