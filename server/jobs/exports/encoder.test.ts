import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { ExportFormat } from "#server/domain/export-request.ts";
import { isoOfMicros, type Column, type Row } from "#server/jobs/exports/column.ts";
import { createEncoder } from "#server/jobs/exports/encoder.ts";

const columns: readonly Column[] = [
  { name: "name", unit: null, kind: "text" },
  { name: "time", unit: null, kind: "instant" },
  { name: "temperature", unit: "Cel", kind: "number" },
  { name: "pressure [bar]", unit: "bar", kind: "number" },
  { name: "open", unit: null, kind: "boolean" },
  { name: "count", unit: null, kind: "integer" },
  { name: "place", unit: null, kind: "json" },
];
const rows: readonly Row[] = [
  ["=HYPERLINK(1)", 1_772_366_400_000_000n, 21.5, null, true, 3, '{"lat":1,"words":["ä","日本"]}'],
  ['Größe "ø", 🚰', 1_772_366_400_000_123n, -0.25, 1e300, false, null, null],
  [null, -1n, null, null, null, null, null],
];

async function encode(format: ExportFormat, given: readonly (readonly Row[])[] = [rows]) {
  const parts: Uint8Array[] = [];
  const encoder = await createEncoder(format, columns, {
    write: (bytes) => {
      parts.push(bytes);
      return Promise.resolve();
    },
  });
  for (const some of given) await encoder.rows(some);
  await encoder.end();
  return { parts, bytes: Buffer.concat(parts) };
}

const asFile = (bytes: Buffer) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

describe("an exported table", () => {
  it("as CSV has units in its heading, ISO instants, and nothing that a spreadsheet runs", async () => {
    const { bytes } = await encode("csv");
    expect(bytes.toString("utf8").split("\r\n")).toEqual([
      "name,time,temperature [Cel],pressure [bar],open,count,place",
      `'=HYPERLINK(1),2026-03-01T12:00:00.000Z,21.5,,true,3,"{""lat"":1,""words"":[""ä"",""日本""]}"`,
      `"Größe ""ø"", 🚰",2026-03-01T12:00:00.000123Z,-0.25,1e+300,false,,`,
      ",1969-12-31T23:59:59.999999Z,,,,,",
      "",
    ]);
  });

  it("as JSON lines leaves out what is absent, and has structures as structures", async () => {
    const { bytes } = await encode("ndjson");
    const lines = bytes.toString("utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      {
        name: "=HYPERLINK(1)",
        time: "2026-03-01T12:00:00.000Z",
        temperature: 21.5,
        open: true,
        count: 3,
        place: { lat: 1, words: ["ä", "日本"] },
      },
      {
        name: 'Größe "ø", 🚰',
        time: "2026-03-01T12:00:00.000123Z",
        temperature: -0.25,
        "pressure [bar]": 1e300,
        open: false,
      },
      { time: "1969-12-31T23:59:59.999999Z" },
    ]);
  });

  it("as Parquet is read back typed, with its units", async () => {
    const { bytes } = await encode("parquet");
    const file = asFile(bytes);
    expect(await parquetReadObjects({ file })).toEqual([
      {
        name: "=HYPERLINK(1)",
        time: new Date("2026-03-01T12:00:00Z"),
        temperature: 21.5,
        "pressure [bar]": null,
        open: true,
        count: 3,
        place: { lat: 1, words: ["ä", "日本"] },
      },
      expect.objectContaining({ name: 'Größe "ø", 🚰', "pressure [bar]": 1e300, open: false }),
      expect.objectContaining({ name: null, temperature: null, open: null, place: null }),
    ]);
    const { key_value_metadata: said } = parquetMetadata(file);
    expect(said).toEqual([
      { key: "units", value: JSON.stringify({ temperature: "Cel", "pressure [bar]": "bar" }) },
    ]);
  });

  it("as Parquet is handed on row group by row group, whatever pages it came in", async () => {
    const many = Array.from({ length: 30_000 }, (_, n): Row => [
      `d${n}`,
      BigInt(n),
      n,
      null,
      null,
      null,
      null,
    ]);
    const pages = Array.from({ length: 3 }, (_, n) => many.slice(n * 10_000, (n + 1) * 10_000));
    const { parts, bytes } = await encode("parquet", pages);
    const metadata = parquetMetadata(asFile(bytes));
    expect(metadata.row_groups.map(({ num_rows: count }) => Number(count))).toEqual([
      14_285, 14_285, 1_430,
    ]);
    expect(parts).toHaveLength(4);
    const file = asFile(bytes);
    const last = await parquetReadObjects({ file, rowStart: 29_999, columns: ["name"] });
    expect(last).toEqual([{ name: "d29999" }]);
  });

  it.each([
    ["csv" as const, "name,time,temperature [Cel],pressure [bar],open,count,place\r\n"],
    ["ndjson" as const, ""],
  ])("without rows is still a file, as %s", async (format, expected) => {
    expect((await encode(format, [[]])).bytes.toString("utf8")).toBe(expected);
  });

  it("without rows is still a file, as parquet", async () => {
    const { bytes } = await encode("parquet", []);
    expect(await parquetReadObjects({ file: asFile(bytes) })).toEqual([]);
    expect(parquetMetadata(asFile(bytes)).schema.map(({ name }) => name)).toContain("place");
  });

  it.each([
    [0n, "1970-01-01T00:00:00.000Z"],
    [1n, "1970-01-01T00:00:00.000001Z"],
    [-1_000n, "1969-12-31T23:59:59.999Z"],
    [-62_135_596_800_000_000n, "0001-01-01T00:00:00.000Z"],
  ])("writes %s microseconds as %s", (us, text) => {
    expect(isoOfMicros(us)).toBe(text);
  });
});
