import { setTimeout as sleep } from "node:timers/promises";
import {
  deadLetterRunWaits,
  releaseDeadLetterRun,
  type ClaimedRun,
} from "#server/db/claim-dead-letter-run.ts";
import type { Database } from "#server/db/client.ts";
import { classifyFailure, sqlState } from "#server/db/database-failure.ts";
import { transformSteps } from "#server/domain/transform-steps.ts";
import { openReplayConnection, type ReplayConnection } from "#server/ingest/replay/connection.ts";
import { discardChunk } from "#server/ingest/replay/discard-chunk.ts";
import { dryRunChunk } from "#server/ingest/replay/dry-run-chunk.ts";
import { Findings } from "#server/ingest/replay/findings.ts";
import { finishRun, type Ending } from "#server/ingest/replay/finish.ts";
import { judging } from "#server/ingest/replay/judge.ts";
import { beginning, readLetters, selectStep, type Cursor } from "#server/ingest/replay/letters.ts";
import type { ChunkResult } from "#server/ingest/replay/progress.ts";
import { replayChunk, type ReplayWork } from "#server/ingest/replay/replay-chunk.ts";
import type { ProfileCache } from "#server/ingest/profiles.ts";
import { reasonOf } from "#server/ingest/retry.ts";
import { Strikes } from "#server/ingest/unstorable.ts";
import type { Log } from "#server/observability/log.ts";
import type { Processing } from "#server/pipeline/profile.ts";
import { compileProcessing } from "#server/schema/processing.ts";
import { keptSelection } from "#server/services/dead-letter/schemas.ts";
import { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

/** Letters of one transaction. */
const atOnce = 500;
/** After this time others that wait get their turn, and profiles are read again. */
const turnMs = 5_000;
const patienceMs = 1_000;

export type CarryOut = {
  readonly db: Database;
  readonly profiles: ProfileCache;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly workerId: string;
  readonly signal: AbortSignal;
  /** For tests: called after each transaction. */
  readonly afterChunk?: (run: ClaimedRun) => void;
};

/**
 * Works on a run until it ends, is cancelled, or others wait. However often the database goes away
 * meanwhile; what was committed stays, and each letter is settled once.
 */
export async function carryOut(at: CarryOut, run: ClaimedRun): Promise<void> {
  const worker = new RunWorker(at, run);
  try {
    await worker.work();
  } finally {
    worker.close();
  }
}

class RunWorker {
  readonly #at: CarryOut;
  readonly #run: ClaimedRun;
  readonly #work: ReplayWork & { readonly rewrite: Processing | undefined };
  readonly #unstorable = new Set<string>();
  readonly #strikes = new Strikes();
  #connection: ReplayConnection | undefined;
  #previousPid: number | undefined;
  #cursor: Cursor;
  #findings: Findings;
  #limit = atOnce;
  #turnEndsAt: number;

  constructor(at: CarryOut, run: ClaimedRun) {
    this.#at = at;
    this.#run = run;
    this.#cursor = cursorOf(run);
    this.#findings = new Findings(run);
    this.#turnEndsAt = at.clock() + turnMs;
    this.#work = this.#prepare();
  }

  async work(): Promise<void> {
    const { db, signal, workerId } = this.#at;
    await this.#at.profiles.reload();
    while (!signal.aborted) {
      const result = await this.#chunk();
      if (result.outcome === "lost") return;
      if (result.outcome === "end") return this.#finish({ state: "done" });
      if (result.outcome === "failed") return this.#finish(result.ending);
      if (result.outcome === "again") continue;
      this.#cursor = result.cursor;
      this.#findings = result.findings;
      this.#limit = Math.min(atOnce, this.#limit * 2);
      this.#at.afterChunk?.(this.#run);
      if (await this.#isTurnOver()) break;
    }
    await releaseDeadLetterRun(db, this.#run, workerId);
  }

  close(): void {
    this.#connection?.close();
  }

  #prepare(): ReplayWork & { readonly rewrite: Processing | undefined } {
    const { log } = this.#at;
    const steps = transformSteps.parse(this.#run.transform);
    const rewrite = steps.length === 0 ? undefined : compileProcessing(steps, "");
    const judge = judging(log, rewrite);
    const isEdited = keptSelection.parse(this.#run.selection).payload !== undefined;
    const asSent = rewrite === undefined ? judge : judging(log, undefined);
    return {
      ...this.#at,
      run: this.#run,
      encoder: new CopyEncoder(),
      unstorable: this.#unstorable,
      rewrite,
      judge,
      judgeAsSent: isEdited ? undefined : asSent,
    };
  }

  /** One transaction, or what is to be done after one that failed. */
  async #chunk(): Promise<
    | ChunkResult
    | { readonly outcome: "again" }
    | { readonly outcome: "failed"; readonly ending: Ending }
  > {
    try {
      this.#connection ??= await openReplayConnection(this.#at.db, this.#previousPid);
      this.#previousPid = undefined;
      return await this.#transact(this.#connection);
    } catch (error) {
      return this.#recover(error);
    }
  }

  #transact(connection: ReplayConnection): Promise<ChunkResult> {
    const at = { cursor: this.#cursor, findings: this.#findings, limit: this.#limit };
    switch (this.#run.kind) {
      case "replay":
        return replayChunk(this.#work, connection, at);
      case "dry_run":
        return dryRunChunk(this.#work, connection, at);
      case "discard":
        return discardChunk(this.#work, connection, at);
    }
  }

  async #recover(
    error: unknown,
  ): Promise<
    { readonly outcome: "again" } | { readonly outcome: "failed"; readonly ending: Ending }
  > {
    const { log, signal } = this.#at;
    const { id } = this.#run;
    const failure =
      sqlState(error) === "" && !isOfConnection(error) ? "bug" : classifyFailure(error);
    log.warn({ event: "replay.again", run: id, failure, reason: reasonOf(error) });
    if (failure === "data") {
      await this.#narrow();
      return { outcome: "again" };
    }
    this.#abandon();
    if (failure === "bug" && this.#strikes.isOut(reasonOf(error))) {
      log.error({ event: "replay.bug", run: id, err: error });
      const words = "It met a fault of Quayside; the log of the worker says which.";
      return { outcome: "failed", ending: { state: "failed", error: words } };
    }
    await sleep(patienceMs, undefined, { signal }).catch(() => undefined);
    // The answer to COMMIT may be what was lost: the run says how far it is.
    await this.#readPlace();
    return { outcome: "again" };
  }

  /** Halves a chunk that cannot be stored, down to the letter that is the cause. */
  async #narrow(): Promise<void> {
    try {
      await this.#connection?.run([{ statement: "rollback" }]);
    } catch {
      this.#abandon();
    }
    if (this.#limit > 1) {
      this.#limit = Math.floor(this.#limit / 2);
      return;
    }
    const step = selectStep(this.#run, { statement: "read", cursor: this.#cursor, limit: 1 });
    const [rows = []] = (await this.#connection?.run([step])) ?? [];
    for (const { letter } of readLetters(this.#run, rows)) this.#unstorable.add(letter.id);
  }

  async #readPlace(): Promise<void> {
    const { db, signal } = this.#at;
    const { tenantId, id } = this.#run;
    while (!signal.aborted) {
      try {
        const row = await db.pool.query<
          Pick<ClaimedRun, "cursorAt" | "cursorId" | "failures" | "samples">
        >(
          `SELECT cursor_at::text AS "cursorAt", cursor_id AS "cursorId", failures, samples
           FROM dead_letter_run WHERE tenant_id = $1 AND id = $2`,
          [tenantId, id],
        );
        const [place] = row.rows;
        if (place === undefined) return;
        this.#cursor = cursorOf(place);
        this.#findings = new Findings(place);
        return;
      } catch {
        await sleep(patienceMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #abandon(): void {
    this.#previousPid = this.#connection?.backendPid ?? this.#previousPid;
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #finish(ending: Ending): Promise<void> {
    const { db, workerId, log } = this.#at;
    await finishRun(db, this.#run, { workerId, ending });
    log.info({ event: "replay.ended", run: this.#run.id, kind: this.#run.kind, ...ending });
  }

  async #isTurnOver(): Promise<boolean> {
    const { clock, db, profiles } = this.#at;
    if (clock() < this.#turnEndsAt) return false;
    this.#turnEndsAt = clock() + turnMs;
    await profiles.reload();
    return deadLetterRunWaits(db);
  }
}

function cursorOf({ cursorAt, cursorId }: Pick<ClaimedRun, "cursorAt" | "cursorId">): Cursor {
  return cursorAt === null || cursorId === null ? beginning : { at: cursorAt, id: cursorId };
}

/** Broken connections bear no SQLSTATE. */
function isOfConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /connection|timeout|did not answer|given up|ECONN|EPIPE|terminat/i.test(error.message)
  );
}
