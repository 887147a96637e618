import { describe, expect, it } from "vitest";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";

const pump = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://example.com/pump",
  type: "object",
  properties: {
    temperature: { type: "number", unit: "°C", minimum: -40, maximum: 125 },
    running: { type: "boolean" },
    mode: { enum: ["auto", "hand"] },
    starts: { $ref: "#/$defs/count" },
    tag: { type: "string", pattern: "^[a-z]+$" },
    at: { type: "string", format: "date-time" },
  },
  required: ["temperature"],
  additionalProperties: false,
  $defs: { count: { type: "integer", minimum: 0 } },
};

describe("a message is told where it does not fit, and how", () => {
  it.each([
    [{ temperature: 21.5, running: true, mode: "auto", starts: 3 }, undefined, undefined, ""],
    [{ temperature: 126 }, "/temperature", "must be <= 125", "maximum"],
    [{ temperature: "21" }, "/temperature", "must be number", "type"],
    [{ running: true }, "", "must have required property 'temperature'", "required:temperature"],
    [{ temperature: 1, starts: 0.5 }, "/starts", "must be integer", "type"],
    [
      { temperature: 1, extra: 2 },
      "",
      'has a field that the profile does not know: "extra"',
      "additionalProperties:extra",
    ],
    [
      { temperature: 1, mode: "off" },
      "/mode",
      'must be equal to one of the allowed values: ["auto","hand"]',
      "enum",
    ],
    [{ temperature: 1, tag: "A" }, "/tag", 'must match pattern "^[a-z]+$"', "pattern"],
    [{ temperature: 1, at: "yesterday" }, "/at", 'must match format "date-time"', "format"],
    [{ temperature: 1, at: "2026-11-23T12:00:00Z" }, undefined, undefined, ""],
    [[], "", "must be object", "type"],
    [null, "", "must be object", "type"],
    [
      JSON.parse('{"temperature":1,"__proto__":{"x":1}}'),
      "",
      'has a field that the profile does not know: "__proto__"',
      "additionalProperties:__proto__",
    ],
  ])("%j", (value, path, message, kind) => {
    const verdict = compileSchema(pump).validate(value);

    expect(verdict).toEqual(
      message === undefined ? { ok: true } : { ok: false, path, message, kind },
    );
  });
});

it("a member's name is kept in a form that can be stored", () => {
  const { validate } = compileSchema({
    type: "object",
    properties: { inner: { type: "object", unevaluatedProperties: false } },
  });

  const verdict = validate({ inner: { [`a\0${"x".repeat(100)}`]: 1 } });

  expect(verdict).toMatchObject({ kind: `unevaluatedProperties:a${"x".repeat(62)}` });
});

it("a value is not changed by being checked", () => {
  const { validate } = compileSchema({
    type: "object",
    properties: { a: { type: "number", default: 1 }, b: { type: "number" } },
  });
  const value = { b: "2" };

  validate(value);

  expect(value).toEqual({ b: "2" });
});

it.each(["^(a+)+$", "^(a|a)*$", "^(a*)*b$", "a*a*a*a*a*b"])(
  "the pattern %s cannot stall the worker",
  (pattern) => {
    const { validate } = compileSchema({
      type: "object",
      properties: { text: { type: "string", pattern } },
    });
    const startedAt = performance.now();

    expect(validate({ text: `${"a".repeat(20_000)}!` })).toMatchObject({ ok: false });

    expect(performance.now() - startedAt).toBeLessThan(2_000);
  },
);

describe("a schema that could harm is refused at its place", () => {
  const nested = (levels: number): object =>
    levels === 0 ? { type: "number" } : { items: nested(levels - 1) };
  const doubling = Object.fromEntries(
    Array.from({ length: 14 }, (_, level) => [
      `a${level}`,
      level === 0
        ? { type: "number" }
        : { allOf: [{ $ref: `#/$defs/a${level - 1}` }, { $ref: `#/$defs/a${level - 1}` }] },
    ]),
  );
  it.each([
    ["no object", 5, ""],
    ["a list", [], ""],
    ["true", true, ""],
    ["not about an object", { type: "number" }, "/type"],
    ["an unknown keyword", { type: "object", minimun: 1 }, "/minimun"],
    ["asynchronous", { $async: true, type: "object" }, "/$async"],
    [
      "a remote reference",
      { type: "object", properties: { a: { $ref: "https://example.com/x" } } },
      "/properties/a/$ref",
    ],
    [
      "a reference to itself",
      { type: "object", properties: { a: { $ref: "#" } } },
      "/properties/a/$ref",
    ],
    [
      "another dialect",
      { $schema: "http://json-schema.org/draft-07/schema#", type: "object" },
      "/$schema",
    ],
    ["an inner $id", { type: "object", properties: { a: { $id: "x" } } }, "/properties/a/$id"],
    [
      "a pattern of 201 characters",
      { type: "object", properties: { a: { pattern: "a".repeat(201) } } },
      "/properties/a/pattern",
    ],
    [
      "a long name pattern",
      { type: "object", patternProperties: { ["a".repeat(201)]: true } },
      `/patternProperties/${"a".repeat(201)}`,
    ],
    [
      "a back-reference",
      { type: "object", properties: { a: { pattern: "(a)\\1" } } },
      "/properties/a/pattern",
    ],
    [
      "a broken pattern",
      { type: "object", properties: { a: { pattern: "(" } } },
      "/properties/a/pattern",
    ],
    [
      "an unknown format",
      { type: "object", properties: { a: { format: "regex" } } },
      "/properties/a/format",
    ],
    [
      "uniqueItems",
      { type: "object", properties: { a: { uniqueItems: true } } },
      "/properties/a/uniqueItems",
    ],
    [
      "a reserved name",
      { type: "object", properties: JSON.parse('{"__proto__":{"type":"number"}}') as object },
      "/properties/__proto__",
    ],
    ["a type that does not exist", { type: "object", properties: { a: { type: "numbr" } } }, ""],
    ["too many characters", { type: "object", description: "x".repeat(270_000) }, ""],
    [
      "a category that does not exist",
      { type: "object", properties: { a: { category: "secret" } } },
      "/properties/a/category",
    ],
    [
      "deprecated in words",
      { type: "object", properties: { a: { deprecated: "yes" } } },
      "/properties/a/deprecated",
    ],
    [
      "a description that is no text",
      { type: "object", properties: { a: { description: 5 } } },
      "/properties/a/description",
    ],
    [
      "a unit that is too long",
      { type: "object", properties: { a: { unit: "m".repeat(33) } } },
      "/properties/a/unit",
    ],
  ])("%s", (_, schema, path) => {
    const compiling = () => compileSchema(schema);

    expect(compiling).toThrow(SchemaUnusable);
    expect(compiling).toThrow(expect.objectContaining({ path }) as Error);
  });

  it.each([
    ["levels without end", { type: "object", properties: { a: nested(17) } }],
    ["work that doubles with every definition", { type: "object", $defs: doubling }],
    [
      "a definition that refers to itself",
      { type: "object", $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }] } } },
    ],
  ])("%s", (_, schema) => {
    expect(() => compileSchema(schema)).toThrow(/too large/);
  });
});

it("a schema of 1 MB is refused in words, and at once", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 15_000 }, (_, index) => [
      `field${index}`,
      { type: "number", description: "what it measures, in words" },
    ]),
  );
  const schema = { type: "object", properties };
  expect(JSON.stringify(schema).length).toBeGreaterThan(1_000_000);
  const startedAt = performance.now();

  expect(() => compileSchema(schema)).toThrow(/has \d+ characters; the limit is 262144/);

  expect(performance.now() - startedAt).toBeLessThan(500);
});

it("the largest schema that is taken compiles in a second", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 1_900 }, (_, index) => [
      `field${index}`,
      { type: "number", description: "d".repeat(60) },
    ]),
  );
  const startedAt = performance.now();

  expect(compileSchema({ type: "object", properties }).validate({ field0: 1 }).ok).toBe(true);

  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

it("annotations say something and check nothing", () => {
  const { validate } = compileSchema({
    type: "object",
    properties: {
      a: {
        type: "number",
        unit: "Cel",
        category: "health",
        deprecated: true,
        description: "Of the oil.",
      },
    },
  });

  expect(validate({ a: 1 })).toEqual({ ok: true });
});

it.each(["valueOf", "toString"])(
  "does not take what every object inherits for a property: %s",
  (name) => {
    const properties = { [name]: { type: "boolean" } };

    expect(compileSchema({ type: "object", properties }).validate({})).toEqual({ ok: true });
    const required = compileSchema({ type: "object", properties, required: [name] });
    expect(required.validate({}).ok).toBe(false);
    expect(required.validate({ [name]: true })).toEqual({ ok: true });
  },
);
