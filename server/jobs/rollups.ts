import type { Database } from "#server/db/client.ts";
import {
  beginHour,
  deriveSome,
  findDueHour,
  forgetRebuilt,
  rebuildMinutes,
  type DueMinute,
  type HourWork,
} from "#server/db/rebuild-rollups.ts";
import { takeOverMinutes } from "#server/db/take-over-minutes.ts";
import type { Job } from "#server/jobs/runner.ts";

/** Three heartbeats missed. */
const silentWorkerSeconds = 15;
const everyMs = 5_000;
/** A run ends after this time, so that a worker that stops need not wait for it. */
const turnMs = 4_000;
/** A transaction that takes longer than the first computes fewer minutes next time, than the second more. */
const slowMs = 2_000;
const fastMs = 500;
const mostAtOnce = 60;

/**
 * Computes rollups from readings where that is due: minutes that a worker left behind, and those that
 * somebody asked for.
 * @param now milliseconds, of a clock that goes evenly
 */
export function rollupRebuild(db: Database, now: () => number = () => performance.now()): Job {
  const rebuilding = new Rebuilding(db, now);
  return {
    name: "telemetry.rollups",
    everyMs,
    run: async () => {
      const endsAt = now() + turnMs;
      const taken = await takeOverMinutes(db, silentWorkerSeconds);
      while (now() < endsAt && (await rebuilding.step()));
      await forgetRebuilt(db);
      const { minutes, hours } = rebuilding.take();
      return `${taken} minutes taken over, ${minutes} minutes and ${hours} hours computed anew`;
    },
  };
}

class Rebuilding {
  readonly #db: Database;
  readonly #now: () => number;
  #atOnce = 5;
  /** An hour with very many devices takes several turns. */
  #hour: HourWork | undefined;
  #done = { minutes: 0, hours: 0 };

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** What was computed since it was asked last. */
  take(): { readonly minutes: number; readonly hours: number } {
    const done = this.#done;
    this.#done = { minutes: 0, hours: 0 };
    return done;
  }

  /** One transaction. @returns whether there was anything to do */
  async step(): Promise<boolean> {
    const waiting = await findDueHour(this.#db);
    const [first] = waiting;
    if (first === undefined) return false;
    const due = waiting.filter(({ rebuilt }) => !rebuilt);
    if (due.length > 0) await this.#rebuild(due);
    else await this.#derive(Math.floor(first.ms / 3_600_000));
    return true;
  }

  async #rebuild(due: readonly DueMinute[]): Promise<void> {
    const startedAt = this.#now();
    const minutes = due.slice(0, this.#atOnce).map(({ ms }) => ms);
    await rebuildMinutes(this.#db, minutes);
    this.#done.minutes += minutes.length;
    const took = this.#now() - startedAt;
    if (took > slowMs) this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2));
    else if (took < fastMs) this.#atOnce = Math.min(mostAtOnce, this.#atOnce * 2);
  }

  async #derive(hour: number): Promise<void> {
    if (this.#hour?.hour !== hour) this.#hour = await beginHour(this.#db, hour);
    this.#hour = await deriveSome(this.#db, this.#hour);
    if (this.#hour === undefined) this.#done.hours += 1;
  }
}
