import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transformStep, type TransformStep } from "#server/domain/transform-steps.ts";
import { compileSteps, stepProblems } from "#server/schema/apply-steps.ts";

const device = { id: "pump-17", site: "Kiel", altitude: 300 };
const apply = (steps: readonly TransformStep[], values: Record<string, unknown>) =>
  compileSteps(steps)(values, device);

describe("a step changes the values", () => {
  it.each<[TransformStep, Record<string, unknown>, Record<string, unknown>]>([
    [
      { op: "rename", from: "presure", to: "pressure" },
      { presure: 1, a: 2 },
      { pressure: 1, a: 2 },
    ],
    [{ op: "rename", from: "presure", to: "pressure" }, { pressure: 1 }, { pressure: 1 }],
    [{ op: "rename", from: "a", to: "b" }, { a: null, b: 2 }, { b: 2 }],
    [{ op: "rename", from: "a", to: "b" }, { a: 1, b: null }, { b: 1 }],
    [{ op: "rename", from: "a", to: "a" }, { a: 1 }, { a: 1 }],
    [{ op: "rename", from: "1 bad\nname", to: "good" }, { "1 bad\nname": 1 }, { good: 1 }],
    [{ op: "remove", field: "a" }, { a: 1, b: 2 }, { b: 2 }],
    [{ op: "remove", field: "none" }, { b: 2 }, { b: 2 }],
    [{ op: "set", field: "a", value: 5 }, { a: 1 }, { a: 5 }],
    [{ op: "set", field: "a", value: null }, { a: 1 }, { a: null }],
    [{ op: "default", field: "a", value: 5 }, {}, { a: 5 }],
    [{ op: "default", field: "a", value: 5 }, { a: null }, { a: 5 }],
    [{ op: "default", field: "a", value: 5 }, { a: 0 }, { a: 0 }],
    [{ op: "convert", field: "t", from: "[degF]", to: "Cel" }, { t: 77 }, { t: 25 }],
    [{ op: "convert", field: "t", from: "F", to: "°C" }, {}, {}],
    [{ op: "cast", field: "a", to: "number" }, { a: " 21.5 " }, { a: 21.5 }],
    [{ op: "cast", field: "a", to: "number" }, { a: "-1e3" }, { a: -1000 }],
    [{ op: "cast", field: "a", to: "number" }, { a: true }, { a: 1 }],
    [{ op: "cast", field: "a", to: "number" }, { a: null }, { a: null }],
    [{ op: "cast", field: "a", to: "string" }, { a: 21.5 }, { a: "21.5" }],
    [{ op: "cast", field: "a", to: "boolean" }, { a: "True" }, { a: true }],
    [{ op: "cast", field: "a", to: "boolean" }, { a: 0 }, { a: false }],
    [
      { op: "compute", field: "power", expression: "values.u * values.i", unit: "W" },
      { u: 230, i: 2 },
      { u: 230, i: 2, power: 460 },
    ],
    [
      { op: "compute", field: "a", expression: "has(values.x) ? values.x : null" },
      { a: 1, b: 2 },
      { b: 2 },
    ],
    [{ op: "enrich", field: "site", attribute: "site" }, { a: 1 }, { a: 1, site: "Kiel" }],
    [{ op: "enrich", field: "site", attribute: "none" }, { a: 1 }, { a: 1 }],
    [{ op: "enrich", field: "c", attribute: "toString" }, { a: 1 }, { a: 1 }],
  ])("%j of %j", (step, values, expected) => {
    expect(apply([step], values)).toEqual({ ok: true, values: expected });
  });

  it("one after another", () => {
    const result = apply(
      [
        { op: "rename", from: "temp_f", to: "temperature" },
        { op: "cast", field: "temperature", to: "number" },
        { op: "convert", field: "temperature", from: "[degF]", to: "Cel" },
        { op: "compute", field: "warm", expression: "values.temperature > 20" },
        { op: "remove", field: "debug" },
      ],
      { temp_f: "77", debug: {} },
    );

    expect(result).toEqual({ ok: true, values: { temperature: 25, warm: true } });
  });
});

describe("what cannot be done is said in words, without the value", () => {
  it.each<[TransformStep, Record<string, unknown>, string, RegExp]>([
    [{ op: "rename", from: "a", to: "b" }, { a: 1, b: 2 }, "b", /the message has both/],
    [{ op: "convert", field: "t", from: "F", to: "C" }, { t: "secret" }, "t", /is not a number/],
    [{ op: "convert", field: "t", from: "km", to: "nm" }, { t: 1e308 }, "t", /too large/],
    [{ op: "cast", field: "a", to: "number" }, { a: "secret" }, "a", /cannot be read as a number/],
    [{ op: "cast", field: "a", to: "number" }, { a: "" }, "a", /cannot be read as a number/],
    [{ op: "cast", field: "a", to: "number" }, { a: "0x10" }, "a", /cannot be read as a number/],
    [{ op: "cast", field: "a", to: "number" }, { a: "Infinity" }, "a", /cannot be read/],
    [{ op: "cast", field: "a", to: "string" }, { a: { secret: 1 } }, "a", /read as a text/],
    [{ op: "cast", field: "a", to: "boolean" }, { a: "secret" }, "a", /as true or false/],
    [
      { op: "compute", field: "c", expression: "values.missing * 2" },
      {},
      "c",
      /“c” cannot be computed\. The expression needs “missing”/,
    ],
  ])("%j of %j", (step, values, field, words) => {
    const result = apply([step], values);

    expect(result).toEqual({ ok: false, field, message: expect.stringMatching(words) as string });
    expect(JSON.stringify(result)).not.toContain("secret");
  });
});

it("steps that make no sense are problems at their places", () => {
  const problems = stepProblems([
    { op: "remove", field: "fine" },
    { op: "rename", from: "a", to: "1st" },
    { op: "set", field: "__proto__", value: 1 },
    { op: "convert", field: "t", from: "bar", to: "Cel" },
    { op: "convert", field: "t", from: "frob", to: "Cel" },
    { op: "compute", field: "x", expression: "values." },
    { op: "compute", field: "x", expression: "temperature" },
    { op: "enrich", field: "a\nb", attribute: "site" },
  ]);

  expect(problems.map(({ path }) => path)).toEqual([
    "/1/to",
    "/2/field",
    "/3",
    "/4",
    "/5/expression",
    "/6/expression",
    "/7/field",
  ]);
  expect(stepProblems([])).toEqual([]);
});

it("a name can reach nothing but the values", () => {
  const values = JSON.parse('{"__proto__":{"polluted":1},"constructor":5,"a":1}') as object;

  const result = apply([{ op: "rename", from: "a", to: "b" }], { ...values });

  expect(JSON.stringify(result)).toBe(
    '{"ok":true,"values":{"__proto__":{"polluted":1},"constructor":5,"b":1}}',
  );
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

const name = fc.constantFrom("a", "b", "c", "__proto__", "toString");
const unit = fc.constantFrom("Cel", "K", "[degF]", "m", "km");
const anyStep = fc
  .oneof(
    fc.record({ op: fc.constant("rename"), from: name, to: name }),
    fc.record({ op: fc.constant("remove"), field: name }),
    fc.record({
      op: fc.constantFrom("set", "default"),
      field: name,
      value: fc.oneof(fc.double({ noNaN: true }), fc.boolean(), fc.string(), fc.constant(null)),
    }),
    fc.record({ op: fc.constant("convert"), field: name, from: unit, to: unit }),
    fc.record({
      op: fc.constant("cast"),
      field: name,
      to: fc.constantFrom("number", "string", "boolean"),
    }),
    fc.record({
      op: fc.constant("compute"),
      field: name,
      expression: fc.constantFrom("values.a * 2", "values.b + 'x'", "has(values.c)"),
    }),
    fc.record({ op: fc.constant("enrich"), field: name, attribute: name }),
  )
  .filter((step) => transformStep.safeParse(step).success)
  .map((step) => transformStep.parse(step));

it("whatever the steps and the values, what they are given stays as it is and nothing is thrown", () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 6 }),
      fc.dictionary(name, fc.jsonValue()),
      (steps, values) => {
        fc.pre(stepProblems(steps).length === 0);
        const before = JSON.stringify(values);

        const result = apply(steps, values);

        expect(JSON.stringify(values)).toBe(before);
        expect(typeof result.ok).toBe("boolean");
        expect(Object.getPrototypeOf({})).toBe(Object.prototype);
      },
    ),
    { numRuns: 1000 },
  );
});

it("casting a number to text and back gives the number", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const result = apply(
        [
          { op: "cast", field: "a", to: "string" },
          { op: "cast", field: "a", to: "number" },
        ],
        { a: value },
      );

      // Text has no negative zero.
      expect(result).toEqual({ ok: true, values: { a: value + 0 } });
    }),
  );
});
