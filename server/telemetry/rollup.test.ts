import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hoursOf, largestSummed, Rollup } from "#server/telemetry/rollup.ts";

const at = { deviceKey: 7n, bucketMs: 3_600_000, schemaId: 3 };

function rollupOf(readings: readonly (readonly [cells: number[], ms: number])[], of = at): Rollup {
  const rollup = new Rollup(of);
  for (const [cells, ms] of readings) rollup.add(cells, ms);
  return rollup;
}

describe("a rollup", () => {
  it("counts, sums and remembers the least, the greatest and the last of each field", () => {
    const row = rollupOf([
      [[2, Number.NaN], 10],
      [[-1, Number.NaN, 5], 30],
      [[4], 20],
    ]).toRow();
    expect(row).toEqual({
      device_key: "7",
      bucket: "1970-01-01T01:00:00.000Z",
      schema_id: 3,
      counts: [3, 0, 1],
      sums: [5, null, 5],
      mins: [-1, null, 5],
      maxs: [4, null, 5],
      lasts: [-1, null, 5],
      last_ms: [30, null, 30],
    });
  });

  it("takes the greatest of readings at the same millisecond as the last, whichever came first", () => {
    expect(
      rollupOf([
        [[1], 5],
        [[3], 5],
        [[2], 5],
      ]).toRow().lasts,
    ).toEqual([3]);
    expect(
      rollupOf([
        [[3], 5],
        [[1], 5],
      ]).toRow().lasts,
    ).toEqual([3]);
  });

  it("keeps a sum finite whatever a device makes up", () => {
    const { sums, maxs } = rollupOf([
      [[Number.MAX_VALUE], 1],
      [[Number.MAX_VALUE], 2],
    ]).toRow();
    expect(sums).toEqual([2 * largestSummed]);
    expect(maxs).toEqual([Number.MAX_VALUE]);
  });

  it("is the same however the readings were divided and merged", () => {
    const cell = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant(Number.NaN));
    const reading = fc.tuple(fc.array(cell, { maxLength: 4 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 30 }), fc.nat(30), (readings, cut) => {
        // Trailing absences give no field.
        const sent = readings.map(
          ([cells, ms]) => [[...cells, 1], ms] as const satisfies readonly [number[], number],
        );
        const [late, early] = [rollupOf(sent.slice(cut)), rollupOf(sent.slice(0, cut))];
        late.merge(early);
        expect(late.toRow()).toEqual(rollupOf(sent).toRow());
      }),
      { numRuns: 100 },
    );
  });

  it("becomes that of its hour with the times of the hour", () => {
    const of = (bucketMs: number, deviceKey = 7n) => ({ ...at, bucketMs, deviceKey });
    const hours = hoursOf([
      rollupOf([[[1], 59_000]], of(3_600_000 + 60_000)),
      rollupOf([[[2], 1000]], of(3_600_000)),
      rollupOf([[[9], 0]], of(3_600_000, 8n)),
      rollupOf([[[5], 0]], of(7_200_000)),
    ]).map((hour) => hour.toRow());
    expect(hours).toHaveLength(3);
    expect(hours[0]).toMatchObject({ counts: [2], sums: [3], lasts: [1], last_ms: [119_000] });
    expect(hours[2]).toMatchObject({ bucket: "1970-01-01T02:00:00.000Z", counts: [1] });
  });
});
