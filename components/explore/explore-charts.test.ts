import { describe, expect, it } from "vitest";
import { chartsOf, lineId, linesOf } from "#components/explore/explore-charts.ts";
import { shownCsv } from "#components/explore/explore-csv.ts";
import type { Units } from "#components/units/units-provider.tsx";
import type { TelemetryAnswer, TelemetrySeries } from "#server/domain/telemetry-query.ts";
import { displayOf } from "#server/domain/units.ts";

const plain: Units = (unit, aggregate) => displayOf(unit, {}, aggregate);
const fahrenheit: Units = (unit, aggregate) =>
  displayOf(unit, { temperature: "[degF]" }, aggregate);

function series(name: string, metric: string, more: Partial<TelemetrySeries> = {}) {
  return {
    device: { id: `id-${name}`, deviceId: name, name: name.toUpperCase() },
    group: null,
    metric,
    unit: "Cel",
    type: "number",
    gapMs: 60_000,
    points: [
      [1_000, 20, 10, 30, 4],
      [2_000, 25, 25, 25, 1],
    ],
    ...more,
  } satisfies TelemetrySeries;
}

function answer(...all: readonly TelemetrySeries[]): TelemetryAnswer {
  return {
    from: 0,
    to: 3_000,
    level: "raw",
    bucketMs: 0,
    series: all,
    devices: { matching: 1, shown: 1 },
    settling: false,
    tookMs: 1,
  };
}

const both = answer(
  series("pump", "temp"),
  series("pump", "bar", { unit: "bar" }),
  series("valve", "temp"),
  series("valve", "open", { unit: null, type: "boolean" }),
  series("valve", "mode", { unit: null, type: "string", points: [] }),
);
const wanted = { layout: "overlaid", compare: null, limits: [] } as const;

describe("charts", () => {
  it.each([
    [
      "overlaid",
      [
        ["Values in °C", 2],
        ["Values in bar", 1],
        ["Switches", 1],
      ],
    ],
    [
      "metric",
      [
        ["temp, °C", 2],
        ["bar, bar", 1],
        ["open", 1],
      ],
    ],
    [
      "device",
      [
        ["PUMP", 1],
        ["PUMP", 1],
        ["VALVE", 1],
        ["VALVE", 1],
      ],
    ],
  ] as const)("%s never put values of different units on one axis", (layout, expected) => {
    const charts = chartsOf(linesOf(both, plain), null, { ...wanted, layout }, []);
    expect(charts.map(({ title, series: { length } }) => [title, length])).toEqual(expected);
    expect(new Set(charts.map(({ id }) => id)).size).toBe(charts.length);
  });

  it("one for each metric give a device the same colour everywhere", () => {
    const charts = chartsOf(linesOf(both, plain), null, { ...wanted, layout: "metric" }, []);
    const colours = charts.flatMap(({ series: all }) =>
      all.map(({ id, colour }) => [id.split("/")[0], colour]),
    );
    expect(new Map(colours.map(([id, colour]) => [id, colour]))).toEqual(
      new Map([
        ["id-pump", 0],
        ["id-valve", 1],
      ]),
    );
    expect(colours).toHaveLength(4);
  });

  it("name lines by what tells them apart", () => {
    const labels = (one: TelemetryAnswer) =>
      chartsOf(linesOf(one, plain), null, wanted, []).flatMap(({ series: all }) =>
        all.map(({ label }) => label),
      );
    expect(labels(answer(series("pump", "temp"), series("valve", "temp")))).toEqual([
      "PUMP",
      "VALVE",
    ]);
    expect(labels(both)).toContain("PUMP · temp");
    expect(labels(answer(series("pump", "temp"), series("pump", "flow")))).toEqual([
      "temp",
      "flow",
    ]);
    expect(labels(answer(series("", "temp", { device: null, group: "north" })))).toEqual([
      "north · temp",
    ]);
  });

  it("lay an earlier period over the present one, dashed and in the same colour", () => {
    const was = series("pump", "temp", { points: [[500, 7, 7, 7, 1]] });
    const [chart] = chartsOf(
      linesOf(answer(series("pump", "temp")), plain),
      { lines: linesOf(answer(was, series("gone", "temp")), plain), laterMs: 1_000 },
      { ...wanted, compare: "day" },
      [],
    );
    expect(chart?.series).toMatchObject([
      { id: "id-pump/temp", colour: 0 },
      {
        label: "PUMP · temp, a day earlier",
        colour: 0,
        dashed: true,
        points: [{ t: 1_500, v: 7 }],
      },
    ]);
  });

  it("are in the reader's unit, their limits as well", () => {
    const [chart] = chartsOf(
      linesOf(answer(series("pump", "temp")), fahrenheit),
      null,
      {
        ...wanted,
        limits: [
          { metric: "temp", value: 100 },
          { metric: "other", value: 1 },
        ],
      },
      [{ metric: "temp", low: 0, high: null, severity: "critical", profile: "Pumps" }],
    );
    expect(chart?.unit).toBe("°F");
    expect(chart?.series[0]?.points).toEqual([
      { t: 1_000, v: 68, min: 50, max: 86 },
      { t: 2_000, v: 77 },
    ]);
    expect(chart?.thresholds).toEqual([
      { value: 32, label: "Pumps: low", tone: "bad" },
      { value: 212, label: "limit 212", tone: "warn" },
    ]);
  });
});

it.each([
  ["count", "", [4, 1]],
  ["sum", "°C", [80, 25]],
] as const)(
  "the %s of readings has no band and no unit that it is not in",
  (aggregate, unit, of) => {
    const points = [
      [1_000, of[0], 10, 30, 4],
      [2_000, of[1], 25, 25, 1],
    ] as const;
    const lines = linesOf(answer(series("pump", "temp", { points })), fahrenheit, aggregate);
    const [chart] = chartsOf(lines, null, wanted, []);
    expect(chart).toMatchObject({
      unit,
      title: unit === "" ? "Values without a unit" : "Values in °C",
    });
    expect(chart?.series[0]?.points).toEqual([
      { t: 1_000, v: of[0] },
      { t: 2_000, v: of[1] },
    ]);
    // What is said of the readings themselves is in the reader's unit all the same.
    expect(lines[0]?.readings.unit).toBe("°F");
  },
);

it("a line keeps its id, whoever it is about", () => {
  expect(lineId({ device: { id: "x" }, group: null, metric: "m" })).toBe("x/m");
  expect(lineId({ device: null, group: "g", metric: "m" })).toBe("g/m");
  expect(lineId({ device: null, group: null, metric: "m" })).toBe("/m");
});

it("what is shown becomes a table in the reader's unit that no spreadsheet runs", () => {
  const csv = shownCsv(
    answer(series("=pump", "temp"), series("v", "mode", { type: "string" })),
    fahrenheit,
  );
  expect(csv.split("\r\n")).toEqual([
    "time,device,group,metric,unit,value,least,greatest,readings",
    "1970-01-01T00:00:01.000Z,'=pump,,temp,°F,68,50,86,4",
    "1970-01-01T00:00:02.000Z,'=pump,,temp,°F,77,77,77,1",
    "",
  ]);
});
