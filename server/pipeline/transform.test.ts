import { describe, expect, it } from "vitest";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import { maxTextBytes, transform } from "#server/pipeline/transform.ts";
import { boundSchema } from "#server/testing/ingest-profile.ts";

const base = boundSchema({
  schemaName: "pump",
  open: true,
  fields: new Map([
    ["temperature", { position: 0, type: "number" }],
    ["on", { position: 2, type: "boolean" }],
    ["mode", { position: 3, type: "string" }],
  ]),
});
const closed: BoundSchema = { ...base, open: false };
const object = (json: string): Record<string, unknown> => JSON.parse(json);

describe("transform in an open profile", () => {
  it.each([
    ["a number", '{"temperature":21.5}', [21.5], undefined, undefined],
    ["a boolean as 1", '{"on":true}', [Number.NaN, Number.NaN, 1], undefined, undefined],
    ["a boolean as 0", '{"on":false}', [Number.NaN, Number.NaN, 0], undefined, undefined],
    ["text beside the numbers", '{"mode":"auto"}', [], '{"mode":"auto"}', undefined],
    ["text in a number's field", '{"temperature":"n/a"}', [], '{"temperature":"n/a"}', undefined],
    [
      "a name in any script",
      '{"température":1}',
      [],
      undefined,
      [{ name: "température", type: "number" }],
    ],
    ["null as no value", '{"temperature":1,"on":null}', [1], undefined, undefined],
    [
      "new fields, in order",
      '{"b":1,"temperature":2,"a":true,"c":"x"}',
      [2],
      '{"c":"x"}',
      [
        { name: "b", type: "number" },
        { name: "a", type: "boolean" },
        { name: "c", type: "string" },
      ],
    ],
  ])("places %s", (_, json, cells, extra, unknown) => {
    const result = transform(object(json), base);
    expect(result).toEqual({ ok: true, value: { cells, extra, unknown } });
  });

  it.each([
    ["an object", '{"a":{"b":1}}', "unsupported-value"],
    ["an array", '{"a":[1]}', "unsupported-value"],
    ["a number too large", '{"temperature":1e999}', "unsupported-value"],
    ["the prototype", '{"__proto__":1}', "unsupported-value"],
    ["the constructor", '{"constructor":1}', "unsupported-value"],
    ["a name with a sign", '{"température °":1}', "unsupported-value"],
    ["an empty name", '{"":1}', "unsupported-value"],
    ["a name of 65 letters", JSON.stringify({ ["x".repeat(65)]: 1 }), "unsupported-value"],
    ["a name with a line break", '{"a\\nb":1}', "unsupported-value"],
    ["half a surrogate pair", '{"mode":"\\ud800"}', "unsupported-value"],
    ["NUL in text", '{"mode":"\\u0000"}', "unsupported-value"],
    ["long text", JSON.stringify({ mode: "é".repeat(maxTextBytes / 2 + 1) }), "unsupported-value"],
    ["no values", "{}", "empty"],
    ["nulls only", '{"a":null}', "empty"],
  ])("refuses %s", (_, json, reason) => {
    expect(transform(object(json), base)).toMatchObject({ ok: false, reason });
  });
});

describe("transform in a profile with a schema", () => {
  it.each([
    ["what the schema declares", '{"temperature":1,"on":true}', [1, Number.NaN, 1], undefined],
    ["what it does not", '{"temperature":1,"other":2}', [1], '{"other":2}'],
    [
      "structure",
      '{"at":{"lat":1,"list":[1,null,"x"]}}',
      [],
      '{"at":{"lat":1,"list":[1,null,"x"]}}',
    ],
  ])("places %s", (_, json, cells, extra) => {
    expect(transform(object(json), closed)).toEqual({
      ok: true,
      value: { cells, extra, unknown: undefined },
    });
  });

  it.each([
    ["a prototype inside", '{"a":{"__proto__":{"b":1}}}'],
    ["an endless number inside", '{"a":[{"b":-1e999}]}'],
    ["unstorable text inside", '{"a":["\\u0000"]}'],
    ["an unstorable key inside", '{"a":{"\\u0000":1}}'],
  ])("refuses %s", (_, json) => {
    expect(transform(object(json), closed)).toMatchObject({ reason: "unsupported-value" });
  });
});
