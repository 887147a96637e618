import type pg from "pg";
import type { Database } from "#server/db/client.ts";
import {
  executePipeline,
  prepareStatements,
  type PipelineStep,
  type StepRows,
} from "#server/db/pipelined-query.ts";

/** A connection of its own with prepared statements. */
export type StatementConnection<Name extends string> = {
  /** Server process behind it. */
  readonly backendPid: number;
  /** One round trip, and one implicit transaction unless a step says BEGIN. */
  run(
    steps: readonly (PipelineStep & { readonly statement: Name })[],
  ): Promise<readonly StepRows[]>;
  /** Gives the connection up; it is not used again, and what is in flight fails. */
  close(): void;
};

/** Longer than the statement timeout of a session: only a connection that is dead gets here. */
const answerTimeoutMs = 40_000;

function backendPidOf(client: pg.PoolClient): number {
  const { processID } = client as unknown as { readonly processID: number | null };
  return processID ?? 0;
}

/** Breaks the socket, upon which pg fails what is in flight. */
function destroy(client: pg.PoolClient, reason: string): void {
  const { connection } = client as unknown as {
    readonly connection: { readonly stream: { destroy(error: Error): void } };
  };
  connection.stream.destroy(new Error(reason));
}

/**
 * Opens a connection and prepares statements on it.
 * @param input.session settings, run once
 * @param input.previousPid server process of the connection that was given up before: if it still
 * lives it holds locks, so it is ended
 */
export async function openStatementConnection<Name extends string>(
  db: Database,
  input: {
    readonly session: string;
    readonly statements: Readonly<Record<Name, string>>;
    readonly previousPid: number | undefined;
  },
): Promise<StatementConnection<Name>> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  // Queries in flight are told themselves; without a listener the process would end.
  client.on("error", (error: Error) => {
    broken = error;
  });
  try {
    if (input.previousPid !== undefined) await endBackend(client, input.previousPid);
    await client.query(input.session);
    await prepareStatements(client, input.statements);
  } catch (error) {
    client.release(true);
    throw error;
  }
  let isClosed = false;
  let inFlight = 0;
  return {
    backendPid: backendPidOf(client),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      if (inFlight > 0) destroy(client, "The connection was given up.");
      client.release(true);
    },
    run: async (steps) => {
      if (broken !== undefined) throw broken;
      const timer = setTimeout(() => {
        destroy(client, "The database did not answer in time.");
      }, answerTimeoutMs);
      inFlight += 1;
      try {
        return await executePipeline(client, steps);
      } finally {
        inFlight -= 1;
        clearTimeout(timer);
      }
    },
  };
}

async function endBackend(client: pg.PoolClient, pid: number): Promise<void> {
  await client.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = $1 AND usename = current_user AND application_name = 'quayside'",
    [pid],
  );
}
