import type pg from "pg";
import { batchSession, batchStatements, type BatchStatement } from "#server/db/batch-statements.ts";
import type { Database } from "#server/db/client.ts";
import { executePipeline, prepareStatements, type StepRows } from "#server/db/pipelined-query.ts";

export type BatchStep = {
  readonly statement: BatchStatement;
  readonly parameters?: readonly string[];
  readonly copyData?: Buffer;
};

/** A connection of its own on which batches are written. */
export type WriterConnection = {
  /** Server process behind it. */
  readonly backendPid: number;
  /** One round trip; an error leaves an explicit transaction open and aborted. */
  run(steps: readonly BatchStep[]): Promise<readonly StepRows[]>;
  /** Gives the connection up; it is not used again. */
  close(): void;
};

/** Longer than the statement timeout of the session: only a connection that is dead gets here. */
const answerTimeoutMs = 40_000;

function backendPidOf(client: pg.PoolClient): number {
  const { processID } = client as unknown as { readonly processID: number | null };
  return processID ?? 0;
}

/**
 * Opens a connection with the batch statements prepared. `previousPid` is the server process of the
 * connection that was given up before: if it still lives it holds locks, so it is ended.
 * @param more statements to prepare besides, by name, for tests
 */
export async function openWriter(
  db: Database,
  previousPid: number | undefined,
  more: Readonly<Record<string, string>> = {},
): Promise<WriterConnection> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  // Queries in flight are told themselves; without a listener the process would end.
  client.on("error", (error: Error) => {
    broken = error;
  });
  try {
    if (previousPid !== undefined) await endBackend(client, previousPid);
    await client.query(batchSession);
    await prepareStatements(client, { ...batchStatements, ...more });
  } catch (error) {
    client.release(true);
    throw error;
  }
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    client.release(true);
  };
  return {
    backendPid: backendPidOf(client),
    close,
    run: async (steps) => {
      if (broken !== undefined) throw broken;
      const timer = setTimeout(() => destroy(client), answerTimeoutMs);
      try {
        return await executePipeline(client, steps);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Breaks the socket, upon which pg fails what is in flight. */
function destroy(client: pg.PoolClient): void {
  const { connection } = client as unknown as {
    readonly connection: { readonly stream: { destroy(error: Error): void } };
  };
  connection.stream.destroy(new Error("The database did not answer in time."));
}

async function endBackend(client: pg.PoolClient, pid: number): Promise<void> {
  await client.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = $1 AND usename = current_user AND application_name = 'quayside'",
    [pid],
  );
}
