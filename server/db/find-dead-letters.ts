import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** Which letters; those that are absent do not narrow it. */
export type LetterFilter = {
  readonly reason?: string | undefined;
  readonly device?: string | undefined;
  /** Part of a topic, a device id or an explanation. */
  readonly text?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly state?: "open" | "replayed" | "discarded" | undefined;
  readonly direction?: "inbound" | "outbound" | undefined;
};

/** A letter and its place in the order of the list. */
export type LetterPlace = { readonly id: string; readonly at: Date };

type Search = LetterFilter & {
  readonly tenantId: string;
  readonly after?: LetterPlace | undefined;
  /** Of a group in the order of events, from the first on; otherwise the newest come first. */
  readonly oldestFirst?: boolean;
  readonly limit: number;
};

/**
 * Letters by a filter: those of a group by event time, all others by receipt. Texts of enumerations
 * are written into the statement, because row-level security keeps comparisons of them from indexes
 * but for one whose condition says the same.
 */
export async function findDeadLetters(tx: Tx, search: Search): Promise<readonly LetterPlace[]> {
  const { tenantId, after, limit, oldestFirst = false } = search;
  const at = search.fingerprint === undefined ? Prisma.sql`received_at` : Prisma.sql`event_at`;
  const conditions = [Prisma.sql`tenant_id = ${tenantId}::uuid`, ...conditionsOf(search)];
  if (after !== undefined) {
    conditions.push(Prisma.sql`(${at}, id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  }
  const way = Prisma.raw(oldestFirst ? "ASC" : "DESC");
  return tx.$queryRaw<LetterPlace[]>`
    SELECT id, ${at} AS at FROM dead_letter WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY ${at} ${way}, id ${way} LIMIT ${limit}`;
}

/** How many letters a filter matches. */
export async function countDeadLetters(
  tx: Tx,
  search: LetterFilter & { readonly tenantId: string },
): Promise<number> {
  const conditions = [Prisma.sql`tenant_id = ${search.tenantId}::uuid`, ...conditionsOf(search)];
  const rows = await tx.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM dead_letter WHERE ${Prisma.join(conditions, " AND ")}`;
  return Number(rows[0]?.count ?? 0n);
}

const states = {
  open: Prisma.sql`state = 'open'`,
  replayed: Prisma.sql`state = 'replayed'`,
  discarded: Prisma.sql`state = 'discarded'`,
};

const directions = {
  inbound: Prisma.sql`direction = 'inbound'`,
  outbound: Prisma.sql`direction = 'outbound'`,
};

function conditionsOf(filter: LetterFilter): readonly Prisma.Sql[] {
  const { reason, device, text, fingerprint, state, direction } = filter;
  const conditions: Prisma.Sql[] = [];
  if (reason !== undefined) conditions.push(Prisma.sql`reason = ${reason}`);
  if (device !== undefined) conditions.push(Prisma.sql`device_id = ${device}`);
  if (fingerprint !== undefined) conditions.push(Prisma.sql`fingerprint = ${fingerprint}`);
  if (state !== undefined) conditions.push(states[state]);
  if (direction !== undefined) conditions.push(directions[direction]);
  if (text !== undefined) {
    const like = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    conditions.push(
      Prisma.sql`(detail ILIKE ${like} OR topic ILIKE ${like} OR device_id ILIKE ${like})`,
    );
  }
  return conditions;
}
