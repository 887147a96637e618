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
      "a field that a definition brings",
      object({ a: number, b: number }),
      { ...object({ b: number }), $ref: "#/$defs/base", $defs: { base: object({ a: number }) } },
      ["none removed"],
    ],
    [
      "another type in a definition",
      { ...object({}), allOf: [{ properties: { a: number } }] },
      { ...object({}), allOf: [{ properties: { a: { type: "string" } } }] },
      ["both type"],
    ],
    [
      "one of two that must be there",
      object({ a: number, b: number }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }),
      object({ a: number, b: number }, { required: ["a"] }),
      ["backward required:a"],
    ],
    [
      "names by a pattern that is closed",
      object({}, { patternProperties: { "^x": number }, additionalProperties: false }),
      object({}, { additionalProperties: false }),
      ["both patternProperties"],
    ],
    [
      "the first items of a list",
      object({ a: { type: "array", prefixItems: [{ type: "string" }], items: number } }),
      object({ a: { type: "array", items: number } }),
      ["backward type", "forward prefixItems"],
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
const name = fc.constantFrom("a", "b");
const { node } = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    scalar,
    fc.record(
      {
        type: fc.constant("array"),
        items: tie("node"),
        prefixItems: fc.tuple(tie("node")),
        maxItems: fc.integer({ min: 0, max: 2 }),
        contains: tie("node"),
        minContains: fc.constantFrom(0, 1),
      },
      { requiredKeys: ["type"] },
    ),
    fc.record(
      {
        type: fc.constant("object"),
        properties: fc.dictionary(name, tie("node")),
        required: fc.uniqueArray(name),
        additionalProperties: fc.oneof(fc.constant(false), tie("node")),
        patternProperties: fc.dictionary(fc.constantFrom("^x", "^y"), tie("node")),
      },
      { requiredKeys: ["type"] },
    ),
  ),
}));
const part = fc.oneof(
  fc.record({ required: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 1 }) }),
  fc.record({ properties: fc.dictionary(fc.constantFrom("a", "b"), node, { maxKeys: 1 }) }),
  fc.record({ patternProperties: fc.dictionary(fc.constantFrom("^x", "^y"), scalar) }),
);
const schema = fc
  .record(
    {
      type: fc.constant("object"),
      properties: fc.dictionary(fc.constantFrom("a", "b", "c"), node),
      required: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 1 }),
      additionalProperties: fc.constant(false),
      unevaluatedProperties: fc.constant(false),
      allOf: fc.array(part, { minLength: 1, maxLength: 2 }),
      anyOf: fc.array(part, { minLength: 1, maxLength: 2 }),
      $ref: fc.constant("#/$defs/base"),
      $defs: fc.record({ base: part }),
    },
    { requiredKeys: ["type", "properties", "$defs"] },
  )
  .map((whole): object => whole);
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
  { a: [1], x: null },
  { y: 1 },
);

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** The schema, and what applies to the same value. */
function layersOf(schemaOf: unknown, root: Node): readonly Node[] {
  if (!isNode(schemaOf)) return [];
  const { allOf = [], anyOf = [], $ref, $defs } = schemaOf;
  const base = $ref === undefined ? [] : [($defs as Node)["base"]];
  const inner = [...(allOf as unknown[]), ...(anyOf as unknown[]), ...base];
  return [schemaOf, ...inner.flatMap((each) => layersOf(each, root))];
}

/** Leaves out what a schema neither names nor describes, at any depth. */
function onlyNamed(value: unknown, schemas: readonly unknown[], root: Node): unknown {
  const layers = schemas.flatMap((each) => layersOf(each, root));
  if (Array.isArray(value)) {
    const items = layers.flatMap(({ items: all, prefixItems: first, contains }) =>
      [all, first, contains].flat(),
    );
    return value.map((item) => onlyNamed(item, items, root));
  }
  if (!isNode(value)) return value;
  const saying = (member: string): unknown[] =>
    layers.flatMap(({ properties = {}, patternProperties = {}, additionalProperties = [] }) => [
      ...Object.entries(properties as Node).flatMap(([key, said]) =>
        key === member ? [said] : [],
      ),
      ...Object.entries(patternProperties as Node).flatMap(([key, said]) =>
        new RegExp(key).test(member) ? [said] : [],
      ),
      ...[additionalProperties].flat().filter(isNode),
    ]);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([member]) => saying(member).length > 0)
      .map(([member, inner]) => [member, onlyNamed(inner, saying(member), root)]),
  );
}

/** Two schemas of which the second differs in one keyword or field only, or in everything. */
const pair = fc
  .tuple(schema, schema, fc.constantFrom("a", "b", "c", "keyword", "keyword", "all"), fc.nat())
  .map(([older, other, field, at]): readonly [object, object] => {
    if (field === "all") return [older, other];
    const [before, after] = [older as Node, other as Node];
    if (field === "keyword") {
      const keywords = Object.keys(before).filter(
        (key) => !["type", "$defs", "$ref"].includes(key),
      );
      const keyword = keywords[at % keywords.length] ?? "required";
      const { [keyword]: _, ...rest } = before;
      if (after[keyword] !== undefined) return [older, { ...rest, [keyword]: after[keyword] }];
      return [older, keyword === "properties" ? { ...rest, properties: {} } : rest];
    }
    const { [field]: _, ...rest } = before["properties"] as Node;
    const replaced = (after["properties"] as Node)[field];
    return [
      older,
      { ...older, properties: replaced === undefined ? rest : { ...rest, [field]: replaced } },
    ];
  });
const member = fc.constantFrom("a", "b", "c", "x", "y");
const sentValues = fc.array(fc.dictionary(member, leaf, { maxKeys: 2 }), {
  minLength: 100,
  maxLength: 100,
});

/** Undefined for what ajv does not take, such as minContains without contains. */
function compiled(jsonSchema: object) {
  try {
    return compileSchema(jsonSchema);
  } catch {
    return undefined;
  }
}

it("what is called compatible takes every value of the other, for any two schemas", () => {
  let compared = 0;
  fc.assert(
    fc.property(pair, sentValues, ([older, newer], sent) => {
      const breaks = new Set(compareSchemas(older, newer).map((change) => change.breaks));
      const isBackward = !breaks.has("backward") && !breaks.has("both");
      const isForward = !breaks.has("forward") && !breaks.has("both");
      if (!isBackward && !isForward) return;
      const [before, after] = [compiled(older), compiled(newer)];
      fc.pre(before !== undefined && after !== undefined);
      const refused = sent.filter((value) => {
        const old = onlyNamed(value, [older], older as Node);
        const now = onlyNamed(value, [newer], newer as Node);
        const wasTaken = isBackward && before.validate(old).ok;
        const isTaken = isForward && after.validate(now).ok;
        if (wasTaken || isTaken) compared += 1;
        return (wasTaken && !after.validate(old).ok) || (isTaken && !before.validate(now).ok);
      });
      expect(refused).toEqual([]);
    }),
    { numRuns: 200 },
  );
  expect(compared).toBeGreaterThan(20);
});
