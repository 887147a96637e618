import { batchSession, batchStatements, type BatchStatement } from "#server/db/batch-statements.ts";
import type { Database } from "#server/db/client.ts";
import type { PipelineStep } from "#server/db/pipelined-query.ts";
import {
  openStatementConnection,
  type StatementConnection,
} from "#server/db/statement-connection.ts";

export type BatchStep = PipelineStep & { readonly statement: BatchStatement };

/** A connection of its own on which batches are written; an error leaves BEGIN open and aborted. */
export type WriterConnection = StatementConnection<BatchStatement>;

/**
 * Opens a connection with the batch statements prepared. `previousPid` is the server process of the
 * connection that was given up before: if it still lives it holds locks, so it is ended.
 * @param more statements to prepare besides, by name, for tests
 */
export function openWriter(
  db: Database,
  previousPid: number | undefined,
  more: Readonly<Record<string, string>> = {},
): Promise<WriterConnection> {
  const statements = { ...batchStatements, ...more };
  return openStatementConnection(db, { session: batchSession, statements, previousPid });
}
