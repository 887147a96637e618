import type { Database } from "#server/db/client.ts";

const daysBack = 8;
const daysAhead = 7;

/**
 * Makes the telemetry partitions from eight days ago to seven days ahead that are missing.
 * @returns how many were made, and how many of the coming days were there before
 */
export async function ensurePartitions(
  db: Database,
): Promise<{ readonly created: number; readonly aheadBefore: number; readonly ahead: number }> {
  const aheadBefore = await partitionsAhead(db);
  const made = await db.pool.query<{ created: number }>(
    "SELECT telemetry.ensure_partitions((now() AT TIME ZONE 'UTC')::date - $1::integer, $2::integer) AS created",
    [daysBack, daysBack + 1 + daysAhead],
  );
  return {
    created: made.rows[0]?.created ?? 0,
    aheadBefore,
    ahead: await partitionsAhead(db),
  };
}

/** How many of the coming days have their partition already. */
export async function partitionsAhead(db: Database): Promise<number> {
  const result = await db.pool.query<{ ahead: number }>(
    "SELECT telemetry.partitions_ahead() AS ahead",
  );
  return result.rows[0]?.ahead ?? 0;
}
