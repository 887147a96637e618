import type { Database } from "#server/db/client.ts";

/** First half of the advisory locks under which lists of revoked certificates are made. */
const listLock = 729_483;

/**
 * Runs `work` while no other worker makes lists of this CA.
 * @returns undefined when one does
 * @throws what the database throws, and what `work` throws
 */
export async function holdListLock<T>(
  db: Database,
  issuerSha256: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const client = await db.pool.connect();
  const parameters = [listLock, issuerSha256];
  let isDone = false;
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked",
      parameters,
    );
    if (rows[0]?.locked !== true) {
      isDone = true;
      return undefined;
    }
    const result = await work();
    await client.query("SELECT pg_advisory_unlock($1, hashtext($2))", parameters);
    isDone = true;
    return result;
  } finally {
    // Closing the connection frees the lock as well.
    client.release(!isDone);
  }
}
