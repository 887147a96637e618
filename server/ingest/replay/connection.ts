import { batchSession, batchStatements, type BatchStatement } from "#server/db/batch-statements.ts";
import type { Database } from "#server/db/client.ts";
import { rollupStatements } from "#server/db/merge-rollups.ts";
import type { PipelineStep, StepRows } from "#server/db/pipelined-query.ts";
import { replayStatements } from "#server/db/replay-statements.ts";
import {
  openStatementConnection,
  type StatementConnection,
} from "#server/db/statement-connection.ts";

type ReplayStatement =
  | BatchStatement
  | keyof typeof replayStatements
  | keyof typeof rollupStatements;

export type ReplayStep = PipelineStep & { readonly statement: ReplayStatement };

/** A connection of its own on which the transactions of runs are made. */
export type ReplayConnection = StatementConnection<ReplayStatement>;

/** Opens it. `previousPid`: see openStatementConnection. */
export function openReplayConnection(
  db: Database,
  previousPid: number | undefined,
): Promise<ReplayConnection> {
  const statements = { ...batchStatements, ...replayStatements, ...rollupStatements };
  return openStatementConnection(db, { session: batchSession, statements, previousPid });
}

/** Runs one statement. @returns its rows */
export async function ask(
  connection: ReplayConnection,
  statement: ReplayStatement,
  parameters: readonly string[],
): Promise<StepRows> {
  const [rows = []] = await connection.run([{ statement, parameters }]);
  return rows;
}
