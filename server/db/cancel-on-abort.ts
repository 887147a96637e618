import type { Database, Tx } from "#server/db/client.ts";

/**
 * Runs statements that nobody may wait for: each has a bound, and when whoever asked goes away, the
 * one that runs is ended on the server.
 * @param at.tx the transaction whose statements `work` runs
 */
export async function cancelOnAbort<T>(
  at: {
    readonly db: Database;
    readonly tx: Tx;
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
  },
  work: () => Promise<T>,
): Promise<T> {
  const { db, tx, signal } = at;
  const rows = await tx.$queryRaw<{ pid: number }[]>`
    SELECT pg_backend_pid() AS pid, set_config('statement_timeout', ${String(at.timeoutMs)}, true)`;
  const pid = rows[0]?.pid;
  if (signal === undefined || pid === undefined) return work();
  signal.throwIfAborted();
  let cancelled: Promise<unknown> = Promise.resolve();
  const cancel = (): void => {
    cancelled = db.pool.query("SELECT pg_cancel_backend($1)", [pid]).catch(() => undefined);
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", cancel);
    // Not before the server was told does the connection go on to somebody else's statements.
    await cancelled;
  }
}
