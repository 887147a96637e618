import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expressionType } from "#server/schema/expression-type.ts";
import { compileExpression } from "#server/schema/expression.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";

const values = {
  a: 10,
  b: 2.5,
  count: 7,
  zero: 0,
  on: true,
  name: "pump",
  text: "21.5",
  nothing: null,
  list: [3, 1, 2],
  inner: { deep: 4, "odd name": 5 },
  "two words": 6,
  at: "2026-11-27T10:30:00Z",
};
const device = { id: "pump-17", altitude: 300, site: "Kiel" };
const evaluate = (source: string) => compileExpression(source)({ values, device });

describe("what an expression gives", () => {
  it.each([
    // Whole numbers in the source calculate with those of the message.
    ["values.a * 2", 20],
    ["2 * values.a + 1", 21],
    ["values.a > 10", false],
    ["values.a >= 10", true],
    ["values.a == 10", true],
    ["values.count / 2", 3.5],
    ["7 / 2", 3.5],
    ["values.count % 2", 1],
    ["-values.a", -10],
    ["-5", -5],
    ["values.a - 0.5", 9.5],
    ["(values.a - 32) * 5 / 9", -12.222222222222221],
    ["values.a + device.altitude / 100", 13],
    // Lengths are whole numbers of CEL's own.
    ["size(values.list)", 3],
    ["size(values.list) * values.b", 7.5],
    ["values.a / size(values.list)", 10 / 3],
    ["size(values.name) > 3", true],
    ["int(values.b)", 2],
    ["int(values.b) + 1", 3],
    ["double(values.text) * 2", 43],
    ["int('42')", 42],
    // Choice, absence, null.
    ["has(values.x) ? values.x : 5", 5],
    ["has(values.a) ? values.a : 5", 10],
    ["has(values.nothing)", false],
    ["has(values.x) ? values.x * 2 : null", null],
    ["values.on && values.a > 3", true],
    ["values.on ? 1 : 0", 1],
    ["!values.on", false],
    // Names that are no identifiers.
    ['values["two words"] + 1', 7],
    ['values.inner["odd name"]', 5],
    ["values.inner.deep", 4],
    ["values.list[0]", 3],
    ["values.list[size(values.list) - 1]", 2],
    // Text.
    ['values.name + "-1"', "pump-1"],
    ["string(values.a)", "10"],
    ["values.name.startsWith('pu')", true],
    ["values.name.matches('^p[a-z]+$')", true],
    ["'Kiel' == device.site", true],
    ["device.id", "pump-17"],
    ["type(values.a) == double", true],
    // Lists and maps.
    ["values.a in [5, 10, 20]", true],
    ["values.list.exists(x, x > 2)", true],
    ["values.list.all(x, x > 2)", false],
    ["values.list.exists_one(x, x == 3)", true],
    ["values.list.filter(x, x > 1).size()", 2],
    ["size(values.list.map(x, x * 2))", 3],
    ["{1: 'auto', 7: 'hand'}[values.count]", "hand"],
    ["{'pump': 3}[values.name]", 3],
    ["timestamp(values.at).getHours()", 10],
    ["timestamp(values.at).getHours('+02:00')", 12],
    // Mathematics.
    ["math.abs(-values.a)", 10],
    ["math.round(values.b)", 3],
    ["math.round(-2.5)", -3],
    ["math.floor(values.b)", 2],
    ["math.sqrt(values.a * 10)", 10],
    ["math.greatest(values.a, 12)", 12],
    ["math.least(values.a, values.b)", 2.5],
    ["math.pow(2, 10)", 1024],
  ])("%s is %j", (source, expected) => {
    expect(evaluate(source)).toEqual({ ok: true, value: expected });
  });
});

describe("what cannot be calculated is said in words", () => {
  it.each([
    ["values.missing + 1", "needs “missing”, which is not there; has(…) asks for it."],
    ["values.nothing + 1", "needs “nothing”, which is not there; has(…) asks for it."],
    ["values[values.name]", "needs a value that is not there."],
    ["values.inner.none.deeper", "needs “none”, which is not there; has(…) asks for it."],
    ["values.name * 2", "cannot use * on a text and a number."],
    ["values.on + 1", "cannot use + on true or false and a number."],
    ["values.a / values.zero", "divides by zero."],
    ["values.a % 0", "divides by zero."],
    ["values.a * 1e308", "gives no finite number."],
    ["math.sqrt(-1)", "gives no finite number."],
    ["math.log(values.zero)", "gives no finite number."],
    ["double(values.name)", "reads a text as a number that is none."],
    ["values.list", "gives neither a number, nor true or false, nor a text."],
    ["values.inner", "gives neither a number, nor true or false, nor a text."],
    ["timestamp(values.at)", "gives neither a number, nor true or false, nor a text."],
    ["values.list[9]", "reads beyond the end of a list."],
    ["values.on ? values.name.size() / 0 : 1", "divides by zero."],
    ["bool(values.name)", "cannot be calculated for this message."],
  ])("%s", (source, words) => {
    expect(evaluate(source)).toEqual({ ok: false, message: `The expression ${words}` });
  });
});

describe("an expression that makes no sense, or could cost too much, is refused when it is saved", () => {
  it.each([
    ["", /cannot be read/],
    ["values.a +", /cannot be read in line 1, column/],
    ["values.a = 5", /cannot be read/],
    ["value.a", /does not know “value”/],
    ["temperature * 2", /does not know “temperature”/],
    ["foo(values.a)", /no function “foo”/],
    ["math.frob(values.a)", /no function “math.frob”/],
    ["values.name.reverse()", /no function “reverse”/],
    ["values.list.map(x, x * y)", /does not know “y”/],
    ["google.protobuf.Int64Value{value: 1}", /cannot be made/],
    ["9007199254740993", /too large to be exact/],
    ["values.list.map(x, values.list.map(y, x * y))", /loop within a loop/],
    ["values.list.all(x, values.list.exists(y, x == y))", /loop within a loop/],
    [`size(values.list${".map(x, x)".repeat(5)})`, /at most 4 loops/],
    ["values.name.matches(values.text)", /pattern in quotes/],
    ["values.name.matches('(a)\\\\1')", /Look-around and back-references/],
    [`values.name.matches('${"a".repeat(201)}')`, /at most 200 characters/],
    ["1".padEnd(2049, " "), /at most 2048 characters/],
    [`1${" + 1".repeat(150)}`, /too large/],
    [`${"[".repeat(70)}1${"]".repeat(70)}`, /too large/],
    ["(".repeat(2000), /too large|cannot be read/],
    [`${"f(".repeat(500)}`, /too large|cannot be read/],
  ])("case %#: %s", (source, message) => {
    const compiling = () => compileExpression(source);

    expect(compiling).toThrow(SchemaUnusable);
    expect(compiling).toThrow(message);
  });

  it("brackets and a long sum are no reason", () => {
    expect(evaluate(`${"(".repeat(40)}1${")".repeat(40)}`)).toMatchObject({ value: 1 });
    expect(evaluate(`values.a${" + values.a".repeat(49)}`)).toMatchObject({ value: 500 });
  });
});

describe("no message can make an expression slow", () => {
  const numbers = Array.from({ length: 990 }, (_, index) => index);
  const text = "a".repeat(1000);
  it.each([
    ["values.l.map(x, x * 2).filter(x, x > 1).map(x, x + 1).exists(x, x < 0)"],
    ["values.l.exists(x, x in values.l && x + 1 in values.l && x + 2 in values.l)"],
    ["values.l.exists(x, values.l == values.l && x < 0)"],
    ["values.l.exists(x, values.s.matches('(a|aa)+$') && x < 0)"],
    ["values.l.exists(x, values.s.contains('ab') || (values.s + values.s).size() < 0)"],
    [`values.l.exists(x, ${Array(20).fill("values.s.contains('ab')").join(" || ")})`],
    [`values.l.exists(x, ${Array(20).fill("(values.s + values.s) == ''").join(" || ")})`],
    [`values.l.exists(x, ${Array(35).fill("values.missing == 1").join(" || ")})`],
    ["values.l.exists(x, size(values.s) < 0)"],
    ["size(values.l + values.l + values.l)"],
    [`values.s${" + values.s".repeat(40)}`],
    ["values.l.exists(x, timestamp('2026-01-01T00:00:00Z').getHours('Europe/Berlin') < 0)"],
  ])("%s", (source) => {
    const expression = compileExpression(source);
    const startedAt = performance.now();

    expression({ values: { l: numbers, s: text }, device: {} });

    // Alone these take less than 100 ms; other tests run beside this one.
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it("and more values than an expression takes are said to be too many", () => {
    const expression = compileExpression("values.a");
    const tooMany = { ok: false, message: expect.stringContaining("more than 1000") as string };

    expect(expression({ values: { a: 1, l: Array(1001).fill(1) }, device: {} })).toEqual(tooMany);
    expect(expression({ values: { a: 1, s: "x".repeat(1025) }, device: {} })).toEqual(tooMany);
  });
});

describe("a hostile message", () => {
  it.each([
    ['{"a":1,"__proto__":{"b":2}}'],
    ['{"a":1,"constructor":5}'],
    ['{"a":1,"$typeName":"google.protobuf.Any","typeUrl":"x","value":"y"}'],
    ['{"a":1,"x":{"$typeName":"google.protobuf.Int64Value","value":"y"}}'],
    ['{"a":1,"x":[{"toString":1,"constructor":{"name":"Object"}}]}'],
  ])("%s is data", (text) => {
    const hostile = JSON.parse(text) as Record<string, unknown>;

    const result = compileExpression("has(values.b) ? 2 : values.a")({ values: hostile, device });

    expect(result).toEqual({ ok: true, value: 1 });
  });

  it("of any kind gives a result or words, never an exception", () => {
    const expressions = [
      "values.a * 2 + values.b",
      "values.a.exists(x, x > 1)",
      "string(values.a) + values.b",
      "values.a == values.b ? values.a : -values.b",
      "values.a[values.b]",
      "values.a in values.b",
      "double(values.a) / int(values.b)",
      "timestamp(values.a) > timestamp(values.b)",
      "duration(values.a).getSeconds()",
      "size(values.a) + size(values.b)",
    ].map((source) => compileExpression(source));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        for (const expression of expressions) {
          const result = expression({ values: { a, b }, device });
          const said = result.ok ? `The expression gives ${typeof result.value}.` : result.message;
          expect(said).toMatch(/^The expression [^\n]+\.$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ["values.a * 2", "number"],
  ["values.a", "number"],
  ["values.a > 2", "boolean"],
  ["values.a > 2 && has(values.b)", "boolean"],
  ["values.l.exists(x, x > 1)", "boolean"],
  ["values.l.map(x, x).size()", "number"],
  ["has(values.a) ? 'on' : 'off'", "string"],
  ["has(values.a) ? null : 'off'", "string"],
  ["string(values.a)", "string"],
  ["'a' + values.b", "string"],
  ["values.a ? 1 : 2", "number"],
] as const)("%s has the type %s by its form", (source, type) => {
  expect(expressionType(source)).toBe(type);
});
