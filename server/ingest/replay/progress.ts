import { leaseSeconds, type ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { ReplayStep } from "#server/ingest/replay/connection.ts";
import type { Findings } from "#server/ingest/replay/findings.ts";
import type { Cursor } from "#server/ingest/replay/letters.ts";

/** What a transaction did. */
export type Counts = {
  readonly done: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly failed: number;
};

/** Writes down how far a run is, in the transaction that brought it there. */
export function progressStep(
  run: ClaimedRun,
  at: { readonly cursor: Cursor; readonly counts: Counts; readonly findings: Findings },
): ReplayStep {
  const { cursor, counts, findings } = at;
  return {
    statement: "progressRun",
    parameters: [
      run.tenantId,
      run.id,
      cursor.at,
      cursor.id,
      JSON.stringify(counts),
      JSON.stringify(findings.failures()),
      JSON.stringify(findings.samples()),
      String(leaseSeconds),
    ],
  };
}

/** The first statement of each transaction of a run. */
export function lockStep(run: ClaimedRun, workerId: string): ReplayStep {
  return { statement: "lockRun", parameters: [run.tenantId, run.id, workerId] };
}

/** What became of a transaction. */
export type ChunkResult =
  /** The run is somebody else's by now, or was cancelled. */
  | { readonly outcome: "lost" }
  /** No letter is left. */
  | { readonly outcome: "end" }
  | { readonly outcome: "committed"; readonly cursor: Cursor; readonly findings: Findings };
