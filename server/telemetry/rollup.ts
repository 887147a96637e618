/** A row of a rollup table as its statement takes it. A field without readings counts 0 and is null. */
export type RollupRow = {
  readonly device_key: string;
  /** ISO 8601. */
  readonly bucket: string;
  readonly schema_id: number;
  readonly counts: readonly number[];
  readonly sums: readonly (number | null)[];
  readonly mins: readonly (number | null)[];
  readonly maxs: readonly (number | null)[];
  readonly lasts: readonly (number | null)[];
  readonly last_ms: readonly (number | null)[];
};

/**
 * A value beyond it enters a sum as it: no bucket holds so many readings that its sum overflows,
 * whatever a device makes up, and the sum does not depend on the order.
 */
export const largestSummed = 1e290;

/** Numbers of a field, one after the other in one list: count, sum, min, max, last, its milliseconds. */
const width = 6;

type Field = {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly lastMs: number;
};

/** Readings of a device and a schema version within a bucket, added up as they come. */
export class Rollup {
  readonly deviceKey: bigint;
  /** Start of the bucket, epoch milliseconds. */
  readonly bucketMs: number;
  readonly schemaId: number;
  readonly #numbers: number[] = [];

  constructor(at: {
    readonly deviceKey: bigint;
    readonly bucketMs: number;
    readonly schemaId: number;
  }) {
    this.deviceKey = at.deviceKey;
    this.bucketMs = at.bucketMs;
    this.schemaId = at.schemaId;
  }

  /** How many numbers it holds. */
  get size(): number {
    return this.#numbers.length;
  }

  /**
   * Adds a reading. Of several at the same millisecond the greatest value is the last: so it does
   * not matter which came first.
   * @param cells by position; NaN where there is no value
   * @param ms from the start of the bucket, whole
   */
  add(cells: readonly number[], ms: number): void {
    const numbers = this.#numbers;
    for (let at = 0; at < cells.length; at += 1) {
      const value = cells[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const place = this.#place(at);
      const summed = Math.abs(value) > largestSummed ? Math.sign(value) * largestSummed : value;
      numbers[place] = (numbers[place] ?? 0) + 1;
      numbers[place + 1] = (numbers[place + 1] ?? 0) + summed;
      if (value < (numbers[place + 2] ?? 0)) numbers[place + 2] = value;
      if (value > (numbers[place + 3] ?? 0)) numbers[place + 3] = value;
      this.#keepLast(place, value, ms);
    }
  }

  /** Adds what another one of the device and the version holds, whose bucket lies in this one. */
  merge(other: Rollup): void {
    const offset = other.bucketMs - this.bucketMs;
    for (let from = 0; from < other.#numbers.length; from += width) {
      const field = other.#fieldAt(from);
      if (field.count === 0) continue;
      const place = this.#place(from / width);
      const own = this.#fieldAt(place);
      const merged = [
        own.count + field.count,
        own.sum + field.sum,
        Math.min(own.min, field.min),
        Math.max(own.max, field.max),
      ];
      for (const [index, number] of merged.entries()) this.#numbers[place + index] = number;
      this.#keepLast(place, field.last, offset + field.lastMs);
    }
  }

  toRow(): RollupRow {
    const fields: Field[] = [];
    for (let place = 0; place < this.#numbers.length; place += width) {
      fields.push(this.#fieldAt(place));
    }
    const listOf = (name: keyof Field): readonly (number | null)[] =>
      fields.map((field) => (field.count === 0 ? null : field[name]));
    return {
      device_key: this.deviceKey.toString(),
      bucket: new Date(this.bucketMs).toISOString(),
      schema_id: this.schemaId,
      counts: fields.map(({ count }) => count),
      sums: listOf("sum"),
      mins: listOf("min"),
      maxs: listOf("max"),
      lasts: listOf("last"),
      last_ms: listOf("lastMs"),
    };
  }

  #fieldAt(place: number): Field {
    const [count = 0, sum = 0, min = 0, max = 0, last = 0, lastMs = 0] = this.#numbers.slice(
      place,
      place + width,
    );
    return { count, sum, min, max, last, lastMs };
  }

  /** Where the numbers of a field begin; fields up to it get room. */
  #place(position: number): number {
    const numbers = this.#numbers;
    const place = position * width;
    while (numbers.length <= place) {
      numbers.push(0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1);
    }
    return place;
  }

  #keepLast(place: number, value: number, ms: number): void {
    const numbers = this.#numbers;
    const known = numbers[place + 5] ?? -1;
    if (ms < known || (ms === known && value <= (numbers[place + 4] ?? value))) return;
    numbers[place + 4] = value;
    numbers[place + 5] = ms;
  }
}

const hourMs = 3_600_000;

/** The same readings by hour. */
export function hoursOf(minutes: Iterable<Rollup>): readonly Rollup[] {
  const hours = new Map<string, Rollup>();
  for (const minute of minutes) {
    const { deviceKey, schemaId } = minute;
    const bucketMs = Math.floor(minute.bucketMs / hourMs) * hourMs;
    const key = `${deviceKey} ${bucketMs} ${schemaId}`;
    let hour = hours.get(key);
    if (hour === undefined) {
      hour = new Rollup({ deviceKey, bucketMs, schemaId });
      hours.set(key, hour);
    }
    hour.merge(minute);
  }
  return [...hours.values()];
}
