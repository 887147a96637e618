import { judgePresence } from "#server/db/judge-presence.ts";
import type { TestDatabase } from "#server/testing/database.ts";

/** Judges every device of every organisation as of `now`, as a worker would after a while. */
export async function judgeAll(
  database: Pick<TestDatabase, "ingest">,
  now: Date = new Date(),
): Promise<void> {
  const { rows } = await database.ingest.pool.query<{ key: string }>("SELECT key FROM device");
  const deviceKeys = rows.map(({ key }) => BigInt(key));
  await judgePresence(database.ingest, { now, deviceKeys });
}
