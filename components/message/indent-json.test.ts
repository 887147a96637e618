import { describe, expect, it } from "vitest";
import { indentJson } from "#components/message/indent-json.ts";

describe("a payload on lines of its own", () => {
  it.each(['{"a":1,"b":[1,{"c":"x, y: {z}"}],"d":{},"e":[]}', "[]", '"text"', " 17 ", "[[],{}]"])(
    "%s is indented as JSON.stringify does",
    (text) => {
      expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    },
  );

  it("keeps what this machine cannot hold", () => {
    expect(indentJson('{"n":12345678901234567890,"n":1e400}')).toBe(
      '{\n  "n": 12345678901234567890,\n  "n": 1e400\n}',
    );
  });

  it("leaves what is no JSON alone", () => {
    expect(indentJson('{"a":')).toBe('{"a":');
  });

  it("does not take a brace at the end of a text for an open one", () => {
    expect(indentJson('["{",1]')).toBe('[\n  "{",\n  1\n]');
  });
});
