import type { ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { Database } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import { appendAudit } from "#server/services/audit/append.ts";

/** How a run ended by itself; whoever cancels one ends it. */
export type Ending =
  | { readonly state: "done" }
  | { readonly state: "failed"; readonly error: string };

/**
 * Ends a run and records what it did. Does nothing when it is not this worker's any more.
 * @throws what the database throws
 */
export async function finishRun(
  db: Database,
  run: ClaimedRun,
  at: { readonly workerId: string; readonly ending: Ending },
): Promise<void> {
  const { tenantId, id } = run;
  const { workerId, ending } = at;
  await withTenant({ db, tenantId }, async (tx) => {
    const changed = await tx.deadLetterRun.updateManyAndReturn({
      where: { tenantId, id, workerId, state: "running" },
      data: {
        state: ending.state,
        error: ending.state === "failed" ? ending.error : "",
        finishedAt: new Date(),
        leaseUntil: null,
      },
    });
    const [row] = changed;
    if (row === undefined) return;
    const { done, stored, duplicate, failed, total, kind, fingerprint, error } = row;
    await appendAudit(
      tx,
      {
        tenantId,
        actor: { type: "system", name: "replay" },
        requestId: id,
        ip: undefined,
      },
      {
        action: "deadLetter.runEnded",
        target: `deadLetterRun:${id}`,
        payload: {
          kind,
          fingerprint,
          state: ending.state,
          total: Number(total),
          done: Number(done),
          stored: Number(stored),
          duplicate: Number(duplicate),
          failed: Number(failed),
          error,
          askedBy: row.createdBy,
        },
      },
    );
  });
}
