import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSchemas } from "#server/schema/compatibility.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const number = { type: "number" };

describe("what a change breaks", () => {
  it.each([
    ["nothing", object({ a: number }), object({ a: number }), []],
    ["an optional field more", object({}), object({ a: number }), ["none added"]],
    ["a field less", object({ a: number }), object({}), ["none removed"]],
    [
      "a required field more",
      object({}),
      object({ a: number }, { required: ["a"] }),
      ["backward required:a"],
    ],
    [
      "a field that is required no more",
      object({ a: number }, { required: ["a"] }),
      object({ a: number }),
      ["forward required:a"],
    ],
    [
      "a renamed field",
      object({ a: number }, { required: ["a"] }),
      object({ b: number }, { required: ["b"] }),
      ["backward required:b", "forward required:a"],
    ],
    [
      "an optional field more where none is taken that is not known",
      object({}, { additionalProperties: false }),
      object({ a: number }, { additionalProperties: false }),
      ["forward additionalProperties:a"],
    ],
    ["another type", object({ a: number }), object({ a: { type: "string" } }), ["both type"]],
    ["a wider type", object({ a: { type: "integer" } }), object({ a: number }), ["forward type"]],
    [
      "null as well",
      object({ a: number }),
      object({ a: { type: ["number", "null"] } }),
      ["forward type"],
    ],
    [
      "a narrower range",
      object({ a: { ...number, maximum: 100 } }),
      object({ a: { ...number, maximum: 50 } }),
      ["backward maximum"],
    ],
    [
      "a bound that is left out",
      object({ a: { ...number, minimum: 0 } }),
      object({ a: { ...number, exclusiveMinimum: 0 } }),
      ["backward minimum"],
    ],
    [
      "one value more",
      object({ a: { enum: [1] } }),
      object({ a: { enum: [1, 2] } }),
      ["forward enum"],
    ],
    [
      "values that are not listed any more",
      object({ a: { enum: ["x"] } }),
      object({ a: { type: "string" } }),
      ["forward enum"],
    ],
    [
      "closing",
      object({}),
      object({}, { additionalProperties: false }),
      ["backward additionalProperties"],
    ],
    [
      "items of lists",
      object({ a: { type: "array", items: number } }),
      object({ a: { type: "array", items: { type: "integer" } } }),
      ["backward type"],
    ],
    [
      "a pattern",
      object({ a: { type: "string" } }),
      object({ a: { type: "string", pattern: "^x" } }),
      ["backward pattern"],
    ],
    [
      "a choice of two for one",
      object({ a: number }),
      object({ a: { anyOf: [number, { type: "string" }] } }),
      ["forward type"],
    ],
    [
      "a definition instead of the same in place",
      object({ a: number }),
      { ...object({ a: { $ref: "#/$defs/n" } }), $defs: { n: number } },
      [],
    ],
    [
      "another unit",
      object({ a: { ...number, unit: "Cel" } }),
      object({ a: { ...number, unit: "K" } }),
      ["both unit"],
    ],
    [
      "a unit where none was said",
      object({ a: number }),
      object({ a: { ...number, unit: "K", category: "health", deprecated: true } }),
      ["none unit", "none category", "none deprecated"],
    ],
  ])("%s", (_, older, newer, expected) => {
    const changes = compareSchemas(older, newer);
    expect(changes.map(({ breaks, kind }) => `${breaks} ${kind}`)).toEqual(expected);
  });

  it("is told in words", () => {
    const changes = compareSchemas(
      object({ a: number }, { required: ["a"] }),
      object({ b: number, a: { type: "string" } }, { required: ["b"] }),
    );
    expect(changes.map(({ message }) => message)).toEqual([
      "“b” is required now; messages without it were right before.",
      'The type of “a” changed from "number" to "string".',
      "“a” need not be sent any more; the older version requires it.",
    ]);
  });
});

const scalar = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom("number", "integer"),
      minimum: fc.integer({ min: -3, max: 3 }),
      exclusiveMaximum: fc.integer({ min: 0, max: 6 }),
      multipleOf: fc.constantFrom(1, 2, 0.5),
    },
    { requiredKeys: ["type"] },
  ),
  fc.record(
    {
      type: fc.constantFrom("string", ["string", "null"]),
      minLength: fc.integer({ min: 0, max: 2 }),
      maxLength: fc.integer({ min: 0, max: 3 }),
      pattern: fc.constantFrom("^a", "b$"),
    },
    { requiredKeys: ["type"] },
  ),
  fc.record({
    enum: fc.uniqueArray(fc.constantFrom(1, 2, "a", "ab", null, true), { minLength: 1 }),
  }),
  fc.record({ type: fc.constant("boolean") }),
  fc.record({ anyOf: fc.tuple(fc.constant({ type: "string" }), fc.constant({ type: "number" })) }),
);
const { node } = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    scalar,
    fc.record(
      { type: fc.constant("array"), items: tie("node"), maxItems: fc.integer({ min: 0, max: 2 }) },
      { requiredKeys: ["type"] },
    ),
    fc.record(
      {
        type: fc.constant("object"),
        properties: fc.dictionary(fc.constantFrom("a", "b"), tie("node")),
        required: fc.uniqueArray(fc.constantFrom("a", "b")),
        additionalProperties: fc.constant(false),
      },
      { requiredKeys: ["type"] },
    ),
  ),
}));
const schema = fc.record(
  {
    type: fc.constant("object"),
    properties: fc.dictionary(fc.constantFrom("a", "b", "c"), node),
    required: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
    additionalProperties: fc.constant(false),
  },
  { requiredKeys: ["type", "properties"] },
);
const leaf = fc.constantFrom<unknown>(
  0,
  1,
  2,
  -2,
  0.5,
  5,
  "",
  "a",
  "ab",
  "b",
  "abcd",
  true,
  null,
  [],
  [1],
  ["a"],
  [1, 2, 3],
  {},
  { a: 1 },
  { b: "a" },
  { a: [1], b: null },
);

/** Leaves out what a schema neither names nor describes, at any depth. */
function onlyNamed(value: unknown, schemaOf: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => onlyNamed(item, (schemaOf as { items?: unknown })?.items));
  }
  if (typeof value !== "object" || value === null) return value;
  const { properties = {} } = (schemaOf ?? {}) as { properties?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => Object.hasOwn(properties, name))
      .map(([name, inner]) => [name, onlyNamed(inner, properties[name])]),
  );
}

type Generated = { readonly properties: Readonly<Record<string, unknown>> };

/** Two schemas of which the second differs in one field only, or in everything. */
const pair = fc
  .tuple(schema, schema, fc.constantFrom("a", "b", "c", "all"))
  .map(([older, other, field]): readonly [object, object] => {
    if (field === "all") return [older, other];
    const { [field]: _, ...rest } = (older as Generated).properties;
    const replaced = (other as Generated).properties[field];
    const properties = replaced === undefined ? rest : { ...rest, [field]: replaced };
    return [older, { ...older, properties }];
  });

it("what is called compatible takes every value of the other, for any two schemas", () => {
  let compared = 0;
  const values = fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), leaf), { maxLength: 30 });
  fc.assert(
    fc.property(pair, values, ([older, newer], sent) => {
      const breaks = new Set(compareSchemas(older, newer).map((change) => change.breaks));
      const isBackward = !breaks.has("backward") && !breaks.has("both");
      const isForward = !breaks.has("forward") && !breaks.has("both");
      if (!isBackward && !isForward) return;
      const [before, after] = [compileSchema(older), compileSchema(newer)];
      const refused = sent.filter((value) => {
        const [old, now] = [onlyNamed(value, older), onlyNamed(value, newer)];
        const wasTaken = isBackward && before.validate(old).ok;
        const isTaken = isForward && after.validate(now).ok;
        if (wasTaken || isTaken) compared += 1;
        return (wasTaken && !after.validate(old).ok) || (isTaken && !before.validate(now).ok);
      });
      expect(refused).toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect(compared).toBeGreaterThan(100);
});
