/**
 * Rollups from the batch in hand. The transaction of a batch marks each minute of which it is the
 * first to store readings; after the commit they are added up here, and what is held of a minute is
 * merged into the tables once the minute is quiet. Whatever is lost on the way (this process, the
 * answer to a COMMIT, a merge that failed) leaves its mark behind, by which the minute is computed
 * from its readings: docs/storage.md.
 */
import type { Database } from "#server/db/client.ts";
import {
  closeMinutes,
  flushRollups,
  type HeldRollup,
  type OpenedMinute,
} from "#server/db/flush-rollups.ts";
import { reasonOf } from "#server/ingest/retry.ts";
import { HeldMinutes, minuteOf } from "#server/ingest/rollups/held-minutes.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";
import type { Reading } from "#server/pipeline/run-stages.ts";

const tickMs = 1000;
/** A minute that got no reading for so long is merged. */
const quietMs = 10_000;
/** So is one that still gets some after so long: devices whose clocks go wrong. */
const longestMs = 120_000;
/** More numbers than this and what is held is merged at once: some 50 MB. */
const mostNumbers = 4_000_000;
/** The database does not keep up with merging: what is held is given up and computed later. */
const farTooMany = 3 * mostNumbers;
/** More open minutes than this come of back-fill, which merges no better later. */
const mostMinutes = 2000;
/** Numbers of one transaction. */
const numbersAtOnce = 60_000;

/** What the writer of batches tells of them; one batch at a time. */
export type BatchRollups = {
  /** For the claim of the next batch: its transaction fails if open minutes were taken from this worker. */
  readonly fence: string;
  /**
   * The batch will store these readings, and their minutes stay open until it is {@link settled}.
   * @returns the minutes that it has to open itself, epoch milliseconds
   */
  rely(readings: readonly Reading[]): readonly number[];
  /**
   * It is committed.
   * @param batch.claim as `claim` answered it
   * @param batch.readings those that were not there before
   */
  committed(batch: {
    readonly sequence: number;
    readonly claim: string | undefined;
    readonly readings: readonly Reading[];
  }): void;
  /** It was committed and nobody knows what of it was new. */
  committedUnseen(batch: { readonly sequence: number }): void;
  /** What became of it is known. */
  settled(): void;
  /** Another worker took the open minutes and computes them: what is held is of no use. */
  takenOver(): void;
};

export type RollupKeeper = BatchRollups & {
  /** Merges what is quiet; everything, if `all`. Failures are made good later. */
  flush(all: boolean): Promise<void>;
  /** Merges everything and ends. */
  stop(): Promise<void>;
};

export type RollupKeeping = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly workerId: string;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "rollupMinutes" | "rollupLagSeconds">;
  /** Epoch milliseconds. */
  readonly clock: () => number;
};

export function createRollupKeeper(at: RollupKeeping): RollupKeeper {
  const keeper = new Keeper(at);
  const timer = setInterval(() => void keeper.flush(false), tickMs);
  timer.unref();
  return {
    get fence() {
      return keeper.fence;
    },
    rely: (readings) => keeper.rely(readings),
    committed: (batch) => keeper.committed(batch),
    committedUnseen: (batch) => keeper.committedUnseen(batch),
    settled: () => keeper.settled(),
    takenOver: () => keeper.takenOver(),
    flush: (all) => keeper.flush(all),
    stop: async () => {
      clearInterval(timer);
      // One that is under way does not take everything.
      await keeper.flush(true);
      await keeper.flush(true);
    },
  };
}

class Keeper {
  readonly #at: RollupKeeping;
  readonly #held = new HeldMinutes();
  #relied: ReadonlySet<number> = new Set();
  /** Minutes that must be rebuilt, and nobody was told yet. */
  #lost: readonly OpenedMinute[] = [];
  #fence = "";
  #flushing: Promise<void> | undefined;

  constructor(at: RollupKeeping) {
    this.#at = at;
  }

  get fence(): string {
    return this.#held.count === 0 ? "" : this.#fence;
  }

  rely(readings: readonly Reading[]): readonly number[] {
    const minutes = new Set<number>();
    let last: number | undefined;
    for (const reading of readings) {
      const ms = minuteOf(reading);
      if (ms !== last) minutes.add(ms);
      last = ms;
    }
    this.#relied = minutes;
    return [...minutes].filter((ms) => !this.#held.has(ms));
  }

  committed({ sequence, claim = "", readings }: Parameters<BatchRollups["committed"]>[0]): void {
    if (this.#relied.size === 0) return;
    const [xid = "", fence = ""] = claim.split(":");
    const now = this.#at.clock();
    this.#fence = fence;
    for (const ms of this.#relied) this.#held.open(ms, { sequence, now });
    this.#held.add(readings, { xid, now });
    if (this.#held.numbers > farTooMany) {
      this.#at.log.warn({ event: "rollups.given_up", minutes: this.#held.count });
      this.#held.loseAll();
    } else if (this.#held.numbers > mostNumbers) {
      void this.flush(false);
    }
  }

  committedUnseen({ sequence }: { readonly sequence: number }): void {
    const unknown = [...this.#relied].filter((ms) => !this.#held.lose(ms));
    this.#lost = [...this.#lost, ...unknown.map((ms) => ({ ms, sequence }))];
  }

  settled(): void {
    this.#relied = new Set();
  }

  takenOver(): void {
    this.#at.log.warn({ event: "rollups.taken_over", minutes: this.#held.count });
    this.#held.forget();
  }

  flush(all: boolean): Promise<void> {
    this.#flushing ??= this.#flush(all).finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flush(all: boolean): Promise<void> {
    const { numbers, count } = this.#held;
    const now = this.#at.clock();
    const isFull = count > mostMinutes;
    const taken = this.#held.take({
      now,
      quietMs,
      longestMs,
      relied: this.#relied,
      all: all || isFull,
    });
    const early = numbers > mostNumbers ? this.#held.takeRollups() : [];
    const failed = await this.#mergeAll([...taken.rollups, ...early]);
    // Those of which some was merged early are still open, and lost from here on.
    for (const ms of failed) this.#held.lose(ms);
    const merged = taken.closing.filter(({ ms }) => !failed.has(ms));
    const spoilt = taken.closing.filter(({ ms }) => failed.has(ms));
    this.#lost = [...this.#lost, ...taken.lost, ...spoilt];
    await this.#close(merged);
    await this.#giveUp();
    this.#measure(now);
  }

  /** @returns minutes of which nobody knows whether they were merged */
  async #mergeAll(rollups: readonly HeldRollup[]): Promise<ReadonlySet<number>> {
    const failed = new Set<number>();
    for (const portion of portionsOf(rollups)) {
      if (failed.size === 0 && (await this.#merge(portion))) continue;
      for (const { minute } of portion) failed.add(minute.ms);
    }
    return failed;
  }

  async #merge(portion: readonly HeldRollup[]): Promise<boolean> {
    const { db, workerId, log } = this.#at;
    try {
      await flushRollups(db, workerId, portion);
      return true;
    } catch (error) {
      log.warn({ event: "rollups.not_merged", rows: portion.length, reason: reasonOf(error) });
      return false;
    }
  }

  async #close(minutes: readonly OpenedMinute[]): Promise<void> {
    const { db, workerId } = this.#at;
    try {
      await closeMinutes(db, workerId, { minutes, mustRebuild: false });
    } catch {
      this.#lost = [...this.#lost, ...minutes];
    }
  }

  /** Until the database takes it the marks stay, so nothing is missed if this process dies. */
  async #giveUp(): Promise<void> {
    const { db, workerId, log } = this.#at;
    const lost = this.#lost;
    this.#lost = [];
    try {
      await closeMinutes(db, workerId, { minutes: lost, mustRebuild: true });
    } catch (error) {
      log.debug({ event: "rollups.wait", minutes: lost.length, reason: reasonOf(error) });
      this.#lost = [...lost, ...this.#lost];
    }
  }

  #measure(now: number): void {
    const { metrics } = this.#at;
    const { oldestAt = now, count } = this.#held;
    metrics.rollupMinutes.set(count);
    metrics.rollupLagSeconds.set(Math.max(0, now - oldestAt) / 1000);
  }
}

/** In order of minutes and devices, as many as a transaction takes. */
function* portionsOf(rollups: readonly HeldRollup[]): Generator<readonly HeldRollup[]> {
  let portion: HeldRollup[] = [];
  let numbers = 0;
  for (const each of rollups) {
    portion.push(each);
    numbers += each.rollup.size;
    if (numbers < numbersAtOnce) continue;
    yield portion;
    portion = [];
    numbers = 0;
  }
  if (portion.length > 0) yield portion;
}
