import { describe, expect, it } from "vitest";
import type { MetricField } from "#server/db/find-metric-fields.ts";
import type { ExportReading } from "#server/db/read-export-telemetry.ts";
import { metricColumns } from "#server/jobs/exports/metric-columns.ts";
import { readingRow, reservedOfReadings } from "#server/jobs/exports/reading-row.ts";
import { cut } from "#server/jobs/exports/rollup-table.ts";

const field = (
  schemaId: number,
  position: number,
  name: string,
  more: Partial<MetricField> = {},
): MetricField => ({ schemaId, position, name, type: "number", unit: null, ...more });

const columnsOf = (fields: readonly MetricField[], asked: readonly string[] = []) =>
  metricColumns({ fields, asked, reserved: reservedOfReadings });

describe("columns of metrics", () => {
  it("bring versions of a field together, wherever it stands in them", () => {
    const { columns, places } = columnsOf([field(2, 1, "a"), field(2, 0, "b"), field(1, 0, "a")]);
    expect(columns.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(places.get(1)).toEqual([{ column: 0, position: 0 }]);
    expect(places.get(2)).toEqual([
      { column: 0, position: 1 },
      { column: 1, position: 0 },
    ]);
  });

  it("stand in the order in which they were asked for", () => {
    const { columns, places } = columnsOf([field(1, 0, "a"), field(1, 1, "b")], ["b", "a"]);
    expect(columns.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(places.get(1)).toEqual([
      { column: 0, position: 1 },
      { column: 1, position: 0 },
    ]);
  });

  it("keep units and types apart that changed between versions", () => {
    const { columns } = columnsOf([
      field(3, 0, "t", { unit: "Cel" }),
      field(2, 0, "t", { unit: "[degF]" }),
      field(1, 0, "t", { type: "string" }),
    ]);
    expect(columns.map(({ name, unit, kind }) => [name, unit, kind])).toEqual([
      ["t [Cel]", "Cel", "number"],
      ["t [[degF]]", "[degF]", "number"],
      ["t [text]", null, "text"],
    ]);
  });

  it("do not take the names of the table's own, and have structures that no field names", () => {
    const { columns } = columnsOf([field(1, 0, "time")], ["time", "location"]);
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["time (field)", "number"],
      ["location", "json"],
    ]);
  });
});

describe("a reading's row", () => {
  const fields = [
    field(1, 0, "a"),
    field(1, 1, "on", { type: "boolean" }),
    field(1, 2, "mode", { type: "string" }),
  ];
  const device = { key: 7n, deviceId: "pump", name: "Pump" };
  const reading: ExportReading = {
    deviceKey: 7n,
    tsUs: 5n,
    messageKey: 1n,
    receivedUs: 9n,
    schemaId: 1,
    values: [1.5, 0],
    extra: { mode: "eco", place: { lat: 1 } },
  };
  const rowOf = (given: Partial<ExportReading>, asked: readonly string[] = []) =>
    readingRow(
      { ...reading, ...given },
      {
        device,
        asked,
        metrics: columnsOf(
          asked.length === 0 ? fields : fields.filter(({ name }) => asked.includes(name)),
          asked,
        ),
      },
    );

  it.each([
    [
      "has numbers, booleans, text, and the rest as JSON",
      {},
      [],
      [1.5, false, "eco", '{"place":{"lat":1}}'],
    ],
    [
      "has nothing where values are absent",
      { values: [], extra: null },
      [],
      [null, null, null, null],
    ],
    [
      "keeps text that came where a number is meant",
      { values: [null, 1], extra: { a: "n/a" } },
      [],
      [null, true, null, '{"a":"n/a"}'],
    ],
    ["has structures that were asked for", {}, ["place"], ['{"lat":1}', null]],
    ["has nothing else than what was asked for", {}, ["a"], [1.5, null]],
  ])("%s", (_, given, asked, expected) => {
    expect(rowOf(given, asked)).toEqual(["pump", "Pump", 5n, 9n, ...expected]);
  });

  it("is left out when it has nothing of what was asked for", () => {
    expect(rowOf({ values: [null, 1] }, ["a"])).toBeUndefined();
  });

  it("of a version without columns shows its fields by name", () => {
    const metrics = { ...columnsOf(fields), strangers: [field(9, 0, "old"), field(8, 0, "no")] };
    const row = readingRow(
      { ...reading, schemaId: 9, values: [4], extra: null },
      { device, metrics, asked: [] },
    );
    expect(row?.at(-1)).toBe('{"old":4}');
  });
});

describe("a range that is partly rolled up", () => {
  const at = (from: number, until: number, source: "rollups" | "readings") => ({
    fromUs: BigInt(from),
    untilUs: BigInt(until),
    source,
  });
  it.each([
    ["nothing is behind", [], [at(0, 50, "rollups")]],
    ["the end is behind", [40], [at(0, 40, "rollups"), at(40, 50, "readings")]],
    [
      "neighbours are behind",
      [10, 20],
      [at(0, 10, "rollups"), at(10, 30, "readings"), at(30, 50, "rollups")],
    ],
    ["the beginning is behind", [0], [at(0, 10, "readings"), at(10, 50, "rollups")]],
    ["all of it is behind", [0, 10, 20, 30, 40], [at(0, 50, "readings")]],
  ])("is cut where %s", (_, behind, expected) => {
    expect(cut({ from: 0n, until: 50n }, behind.map(BigInt), 10n)).toEqual(expected);
  });
});
