import type { HeldMinute, HeldRollup, OpenedMinute } from "#server/db/flush-rollups.ts";
import type { Reading } from "#server/pipeline/run-stages.ts";
import { Rollup } from "#server/telemetry/rollup.ts";

const minuteMs = 60_000;

/** Start of the minute in which a reading lies, epoch milliseconds. */
export function minuteOf({ tsMicros }: Pick<Reading, "tsMicros">): number {
  return Math.floor(tsMicros / 60_000_000) * minuteMs;
}

/** A minute that the worker has marked as open, and what it holds of it. */
class Minute {
  readonly ms: number;
  readonly sequence: number;
  /** Epoch milliseconds, of this worker's clock. */
  readonly openedAt: number;
  touchedAt: number;
  /** What it holds is incomplete; the minute must be computed from its readings. */
  isLost = false;
  firstXid = "";
  lastXid = "";
  rollups = new Map<number, Map<bigint, Rollup>>();

  constructor({ ms, sequence }: OpenedMinute, now: number) {
    this.ms = ms;
    this.sequence = sequence;
    this.openedAt = now;
    this.touchedAt = now;
  }

  find(deviceKey: bigint, schemaId: number): Rollup {
    let ofSchema = this.rollups.get(schemaId);
    if (ofSchema === undefined) {
      ofSchema = new Map();
      this.rollups.set(schemaId, ofSchema);
    }
    let rollup = ofSchema.get(deviceKey);
    if (rollup === undefined) {
      rollup = new Rollup({ deviceKey, bucketMs: this.ms, schemaId });
      ofSchema.set(deviceKey, rollup);
    }
    return rollup;
  }

  /** What it holds, which it holds no more. */
  take(): readonly HeldRollup[] {
    const { ms, sequence, firstXid, lastXid } = this;
    const minute: HeldMinute = { ms, sequence, firstXid, lastXid };
    const taken = [...this.rollups.values()].flatMap((rollups) =>
      Array.from(rollups.values(), (rollup) => ({ minute, rollup })),
    );
    this.rollups = new Map();
    this.firstXid = "";
    return taken;
  }
}

/** Minutes that were taken out to be written. */
export type TakenMinutes = {
  /** Those that the worker holds nothing of any more. */
  readonly closing: readonly OpenedMinute[];
  /** Those whose readings are lost; closing as well. */
  readonly lost: readonly OpenedMinute[];
  readonly rollups: readonly HeldRollup[];
};

/** Readings that the worker committed and has not rolled up, by minute of their own time. */
export class HeldMinutes {
  readonly #minutes = new Map<number, Minute>();
  /** Numbers held, of all rollups together. */
  numbers = 0;

  get count(): number {
    return this.#minutes.size;
  }

  /** When the minute was opened that is open longest; epoch milliseconds. */
  get oldestAt(): number | undefined {
    let oldest: number | undefined;
    for (const { openedAt } of this.#minutes.values()) {
      oldest = oldest === undefined ? openedAt : Math.min(oldest, openedAt);
    }
    return oldest;
  }

  has(ms: number): boolean {
    return this.#minutes.has(ms);
  }

  /** The minute is open from here on, though nothing may be held of it. */
  open(ms: number, at: { readonly sequence: number; readonly now: number }): void {
    if (!this.has(ms)) this.#minutes.set(ms, new Minute({ ms, sequence: at.sequence }, at.now));
  }

  /** Adds what a batch stored in minutes that are open. */
  add(readings: readonly Reading[], at: { readonly xid: string; readonly now: number }): void {
    let minute: Minute | undefined;
    let rollup: Rollup | undefined;
    for (const reading of readings) {
      const ms = minuteOf(reading);
      if (minute?.ms !== ms) {
        minute = this.#touch(ms, at);
        rollup = undefined;
      }
      const { cells } = reading.placed;
      if (minute.isLost || cells.length === 0) continue;
      const { deviceKey } = reading.device;
      const { schemaId } = reading.schema;
      // Readings come in runs of a device.
      if (rollup?.deviceKey !== deviceKey || rollup.schemaId !== schemaId) {
        rollup = minute.find(deviceKey, schemaId);
      }
      const before = rollup.size;
      rollup.add(cells, Math.floor(reading.tsMicros / 1000) - ms);
      this.numbers += rollup.size - before;
    }
  }

  /** What is held of a minute is not complete. @returns whether it is held at all */
  lose(ms: number): boolean {
    const minute = this.#minutes.get(ms);
    if (minute === undefined) return false;
    minute.isLost = true;
    this.#drop(minute);
    return true;
  }

  /** Too much is held: everything is lost, and computed from the readings later. */
  loseAll(): void {
    for (const ms of this.#minutes.keys()) this.lose(ms);
  }

  forget(): void {
    this.#minutes.clear();
    this.numbers = 0;
  }

  /**
   * Takes what is ready: minutes that nobody touched for a while, or that are open for very long.
   * @param at.relied minutes that a batch at work counts on; they stay open
   * @param at.all every minute is ready
   */
  take(at: {
    readonly now: number;
    readonly quietMs: number;
    readonly longestMs: number;
    readonly relied: ReadonlySet<number>;
    readonly all: boolean;
  }): TakenMinutes {
    const closing: OpenedMinute[] = [];
    const lost: OpenedMinute[] = [];
    const rollups: HeldRollup[] = [];
    for (const minute of this.#minutes.values()) {
      const isReady =
        at.all ||
        at.now - minute.touchedAt >= at.quietMs ||
        at.now - minute.openedAt >= at.longestMs;
      if (!isReady || at.relied.has(minute.ms)) continue;
      const { ms, sequence } = minute;
      (minute.isLost ? lost : closing).push({ ms, sequence });
      rollups.push(...this.#drop(minute));
      this.#minutes.delete(ms);
    }
    return { closing, lost, rollups };
  }

  /** Takes what is held of all minutes and leaves them open. */
  takeRollups(): readonly HeldRollup[] {
    return [...this.#minutes.values()].flatMap((minute) => this.#drop(minute));
  }

  #touch(ms: number, at: { readonly xid: string; readonly now: number }): Minute {
    const minute = this.#minutes.get(ms);
    if (minute === undefined) throw new Error("A minute was not opened.");
    minute.touchedAt = at.now;
    if (minute.firstXid === "") minute.firstXid = at.xid;
    minute.lastXid = at.xid;
    return minute;
  }

  #drop(minute: Minute): readonly HeldRollup[] {
    const taken = minute.take();
    for (const { rollup } of taken) this.numbers -= rollup.size;
    return taken;
  }
}
