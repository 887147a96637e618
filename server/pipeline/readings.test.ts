import { describe, expect, it } from "vitest";
import { maxBatchReadings, readingsOf, type RawReading } from "#server/pipeline/readings.ts";

const bare = { id: undefined, seq: undefined, ts: undefined, schema: undefined };
type Properties = { id?: string; ts?: number; seq?: string };

describe("readingsOf", () => {
  const accepted: [string, unknown, Properties, Partial<RawReading>[]][] = [
    ["a bare object is the values", { temperature: 21.5 }, {}, [{ values: { temperature: 21.5 } }]],
    [
      "ts in a bare object is a field like any other",
      { ts: 5, a: 1 },
      {},
      [{ values: { ts: 5, a: 1 } }],
    ],
    [
      "values that is no object makes a bare object",
      { values: 5 },
      {},
      [{ values: { values: 5 } }],
    ],
    [
      "an envelope",
      { id: "x", ts: 7, seq: 3, schema: "pump@3", values: { a: 1 } },
      {},
      [{ id: "x", ts: 7, seq: "3", schema: "pump@3", values: { a: 1 } }],
    ],
    ["ts and values", { ts: 7, values: { a: 1 } }, {}, [{ ts: 7, values: { a: 1 } }]],
    [
      "properties override the envelope",
      { id: "x", ts: 7, seq: 3, values: { a: 1 } },
      { id: "y", ts: 8, seq: "0041" },
      [{ id: "y", ts: 8, seq: "41", values: { a: 1 } }],
    ],
    ["properties of a bare object", { a: 1 }, { ts: 8 }, [{ ts: 8, values: { a: 1 } }]],
    [
      "an array keeps each reading's own time",
      [{ ts: 1, values: { a: 1 } }, { a: 2 }],
      { ts: 9 },
      [
        { ts: 1, values: { a: 1 } },
        { ts: 9, values: { a: 2 } },
      ],
    ],
    [
      "an id of the whole array is counted up",
      [{ a: 1 }, { id: "own", values: { a: 2 } }],
      { id: "m" },
      [
        { id: "m#0", values: { a: 1 } },
        { id: "own", values: { a: 2 } },
      ],
    ],
    ["a whole number is an id", { id: 12, values: { a: 1 } }, {}, [{ id: "12", values: { a: 1 } }]],
    [
      "null metadata is absent",
      { id: null, ts: null, seq: null, values: { a: 1 } },
      {},
      [{ values: { a: 1 } }],
    ],
  ];
  it.each(accepted)("%s", (_, value, properties, expected) => {
    expect(readingsOf(value, properties)).toEqual({
      ok: true,
      value: expected.map((reading) => ({ ...bare, ...reading })),
    });
  });

  it.each([
    ["a number", 5, "not-an-object"],
    ["null", null, "not-an-object"],
    ["an array in an array", [[{ a: 1 }]], "not-an-object"],
    ["an empty array", [], "empty"],
    [
      "too many readings",
      Array.from({ length: maxBatchReadings + 1 }, () => ({ a: 1 })),
      "batch-too-large",
    ],
    ["one bad reading among good ones", [{ a: 1 }, 5], "not-an-object"],
    ["members beside values", { values: { a: 1 }, b: 2 }, "unsupported-value"],
    [
      "a prototype beside values",
      JSON.parse('{"values":{"a":1},"__proto__":{}}'),
      "unsupported-value",
    ],
    ["ts as text", { ts: "2026-11-23", values: { a: 1 } }, "bad-timestamp"],
    ["ts beyond numbers", JSON.parse('{"ts":1e999,"values":{"a":1}}'), "bad-timestamp"],
    ["an empty id", { id: "", values: { a: 1 } }, "bad-id"],
    ["an id of 65 characters", { id: "x".repeat(65), values: { a: 1 } }, "bad-id"],
    ["an id with NUL", { id: "a\0b", values: { a: 1 } }, "bad-id"],
    ["an id of half a surrogate pair", { id: "\ud800", values: { a: 1 } }, "bad-id"],
    ["an object as id", { id: {}, values: { a: 1 } }, "bad-id"],
    ["a negative seq", { seq: -1, values: { a: 1 } }, "bad-id"],
    ["a fractional seq", { seq: 1.5, values: { a: 1 } }, "bad-id"],
    ["a schema that is no text", { schema: 3, values: { a: 1 } }, "schema-mismatch"],
  ])("refuses %s", (_, value, reason) => {
    expect(readingsOf(value, {})).toMatchObject({ ok: false, reason });
  });
});
