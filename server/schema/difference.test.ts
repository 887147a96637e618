import { describe, expect, it } from "vitest";
import { differenceOf } from "#server/schema/difference.ts";
import { markJson } from "#server/schema/mark-json.ts";

const pump = {
  type: "object",
  properties: {
    pressure: { type: "number", minimum: 0 },
    temperature: { type: "number" },
    mode: { enum: ["auto", "hand"] },
    motor: { type: "object", properties: { rpm: { type: "integer" } }, required: ["rpm"] },
  },
  required: ["pressure"],
};
const closed = { ...pump, additionalProperties: false };

const kinds = (value: unknown, schema: object = closed) =>
  differenceOf(value, schema).items.map(({ kind, path }) => `${kind} ${path}`);

describe("how a value differs", () => {
  it.each([
    [{ pressure: 1 }, []],
    [{ pressure: -1 }, ["value /pressure"]],
    [{ pressure: "1" }, ["type /pressure"]],
    [{ pressure: 1, mode: "off", motor: {} }, ["value /mode", "missing /motor/rpm"]],
    [{ pressure: 1, extra: 2 }, ["unknown /extra"]],
    [{ presure: 1 }, ["missing /pressure", "unknown /presure"]],
    [{ "a/b": 1, pressure: 1 }, ["unknown /a~1b"]],
    [[], ["type "]],
  ])("%j: %j", (value, expected) => {
    expect(kinds(value).toSorted()).toEqual(expected.toSorted());
  });

  it("names unknown members beside a missing one also where the schema lets them pass", () => {
    expect(kinds({ presure: 1 }, pump)).toEqual(["missing /pressure", "unknown /presure"]);
    expect(kinds({ pressure: 1, note: 1 }, pump)).toEqual([]);
  });

  it("is bounded", () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`x${n}`, n]));
    const difference = differenceOf({ pressure: 1, ...many }, closed);
    expect(difference.items).toHaveLength(50);
    expect(difference.isCut).toBe(true);
  });
});

it("a hostile payload is compared quickly, and what is missing is told", () => {
  const names = Array.from({ length: 1900 }, (_, n) => [`${n}${"x".repeat(100)}`, n]);
  const hostile = { ...Object.fromEntries(names), ["y".repeat(200_000)]: 1, presure: 1 };
  const startedAt = performance.now();

  const { items, suggestions } = differenceOf(hostile, closed);

  expect(items[0]).toMatchObject({ kind: "missing", path: "/pressure" });
  expect(suggestions.length).toBeLessThanOrEqual(1);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

describe("which renaming is suggested", () => {
  it.each([
    [{ presure: 1 }, [["presure", "pressure"]]],
    [{ Pressure: 1 }, [["Pressure", "pressure"]]],
    [{ druck: 1 }, [["druck", "pressure"]]],
    [{ druck: "1" }, []],
    [{ druck: 1, wert: 2 }, []],
    [{ pressure_bar: 1, wert: 2 }, [["pressure_bar", "pressure"]]],
    [{ pressure: 1, extra: 2 }, []],
  ])("%j: %j", (value, expected) => {
    const { suggestions } = differenceOf(value, closed);
    expect(suggestions.map(({ from, to }) => [from, to])).toEqual(expected);
  });
});

it("the payload is shown line by line with the difference marked", () => {
  const value = { presure: 1, mode: "off", list: [1, { a: 2 }] };
  const lines = markJson(value, differenceOf(value, closed));

  expect(lines.map(({ text, mark }) => (mark === undefined ? text : `${text} <- ${mark}`))).toEqual(
    [
      "{",
      '  "presure": 1, <- unknown',
      '  "mode": "off", <- value',
      '  "list": [ <- unknown',
      "    1,",
      "    {",
      '      "a": 2',
      "    }",
      "  ]",
      '  "pressure": … <- missing',
      "}",
    ],
  );
});

it("a large payload is cut", () => {
  const value = Array.from({ length: 2000 }, (_, n) => n);
  expect(markJson(value, { items: [], isCut: false, suggestions: [] })).toHaveLength(500);
});
