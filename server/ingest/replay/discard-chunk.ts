import { z } from "zod";
import type { ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { ReplayConnection } from "#server/ingest/replay/connection.ts";
import type { Findings } from "#server/ingest/replay/findings.ts";
import { selectStep, type Cursor } from "#server/ingest/replay/letters.ts";
import { lockStep, progressStep, type ChunkResult } from "#server/ingest/replay/progress.ts";

/** Letters of one transaction: nothing is read of them. */
const discardedAtOnce = 5_000;

const groupShape = z.object({
  fingerprint: z.string(),
  count: z.number(),
  last: z.tuple([z.string(), z.string()]),
});

/**
 * Discards the next letters in one transaction.
 * @throws what the database throws
 */
export async function discardChunk(
  work: { readonly run: ClaimedRun; readonly workerId: string },
  connection: ReplayConnection,
  at: { readonly cursor: Cursor; readonly findings: Findings },
): Promise<ChunkResult> {
  const { run, workerId } = work;
  const [, locked = [], rows = []] = await connection.run([
    { statement: "begin" },
    lockStep(run, workerId),
    selectStep(run, { statement: "discard", cursor: at.cursor, limit: discardedAtOnce }),
  ]);
  const groups = rows.map((text) => groupShape.parse(JSON.parse(text)));
  const cursor = lastOf(groups);
  if (locked.length === 0 || cursor === undefined) {
    await connection.run([{ statement: "rollback" }]);
    return { outcome: locked.length === 0 ? "lost" : "end" };
  }
  const done = groups.reduce((sum, { count }) => sum + count, 0);
  const changes = groups
    .map(({ fingerprint, count }) => ({ fingerprint, open: -count, replayed: 0, discarded: count }))
    .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const counts = { done, stored: 0, duplicate: 0, failed: 0 };
  const touched = `{${changes.map(({ fingerprint }) => fingerprint).join(",")}}`;
  await connection.run([
    { statement: "lockGroups", parameters: [run.tenantId, touched] },
    { statement: "changeGroups", parameters: [run.tenantId, JSON.stringify(changes)] },
    progressStep(run, { cursor, counts, findings: at.findings }),
    { statement: "commit" },
  ]);
  return { outcome: "committed", cursor, findings: at.findings };
}

function lastOf(groups: readonly z.output<typeof groupShape>[]): Cursor | undefined {
  const last = groups
    .map((group) => group.last)
    .toSorted(([at, id], [otherAt, otherId]) => {
      const apart = Date.parse(at) - Date.parse(otherAt);
      return apart === 0 ? (id < otherId ? -1 : 1) : apart;
    })
    .at(-1);
  return last === undefined ? undefined : { at: last[0], id: last[1] };
}
