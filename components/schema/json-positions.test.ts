import { describe, expect, it } from "vitest";
import { offsetOf, placeAt, readJsonText } from "#components/schema/json-positions.ts";

const schema = `{
  "type": "object",
  "properties": {
    "a/b": { "type": "number", "enum": [1, -2.5e3] }
  }
}`;

describe("a text of JSON tells where its parts are", () => {
  it.each([
    ["", 1, 1],
    ["/type", 2, 3],
    ["/properties/a~1b", 4, 5],
    ["/properties/a~1b/enum/1", 4, 44],
    ["/properties/a~1b/pattern", 4, 5],
    ["/nowhere/at/all", 1, 1],
  ])("%s", (pointer, line, column) => {
    const read = readJsonText(schema);

    expect(read).toMatchObject({ ok: true, value: JSON.parse(schema) });
    expect(read.ok && placeAt(schema, offsetOf(read.offsets, pointer))).toEqual({ line, column });
  });
});

describe("a mistake is named at its place", () => {
  it.each([
    ["", "end", 1, 1],
    ["  {", "name", 1, 4],
    ['{\n  "a": 1,\n}', "name", 3, 1],
    ['{ "a" 1 }', "colon", 1, 7],
    ['{ "a": 1 "b": 2 }', "comma", 1, 10],
    ['{ "a": [1 2] }', "comma", 1, 11],
    ['{ "a": 1', "end", 1, 9],
    ['{ "a": tru }', "value", 1, 8],
    ['{ "a": 01 }', "value", 1, 8],
    ['{ "a": "x\n" }', "text", 1, 8],
    ['{ "a": 1, "a": 2 }', "twice", 1, 11],
    ['{ "a": 1 } x', "end", 1, 12],
    ["[".repeat(100), "deep", 1, 66],
  ])("%j", (source, problem, line, column) => {
    const read = readJsonText(source);

    expect(read).toMatchObject({ ok: false, problem });
    expect(!read.ok && placeAt(source, read.offset)).toEqual({ line, column });
  });
});
