import { describe, expect, test } from "vitest";
import { previewOf } from "#components/batch/preview.ts";

const of = (text: string, whole = true) => previewOf(new TextEncoder().encode(text), whole);

describe("what a file's beginning shows", () => {
  test.each([
    ["commas", "id,name\na,b\n"],
    ["semicolons and CRLF", "id;name\r\na;b\r\n"],
    ["tabs", "id\tname\na\tb"],
    ["a byte order mark", "\ufeffid,name\na,b\n"],
    ["quotes", '"id","name"\n"a","b"\n'],
    ["a list", '[{"id":"a","name":"b"}]'],
    ["a document a line", '{"id":"a","name":"b"}\n'],
    ["an object around a list", '{\n "things": [ {"id":"a","name":"b"} ], "next": null }'],
  ])("by %s", (_, text) => {
    expect(of(text)).toEqual({ kind: "table", columns: ["id", "name"], rows: [["a", "b"]] });
  });

  test("a quoted cell keeps delimiters, quotes and line ends", () => {
    expect(of('id,csr\na,"one\n""two"", three"\n')).toMatchObject({
      rows: [["a", 'one\n"two", three']],
    });
  });

  test("five rows at most, and no row that is cut off", () => {
    const rows = Array.from({ length: 9 }, (_, index) => `d${index},x`);
    expect(of(`id,name\n${rows.join("\n")}`)).toMatchObject({
      rows: rows.slice(0, 5).map((row) => row.split(",")),
    });
    expect(of("id,name\na,b\nc", false)).toMatchObject({ rows: [["a", "b"]] });
    expect(of('[{"id":"a"},{"id":"b', false)).toMatchObject({ rows: [["a"]] });
  });

  test("columns are those of all shown documents; what is nested is shown as JSON", () => {
    expect(of('{"id":"a","tags":{"x":1}}\n{"id":"b","more":[2]}')).toEqual({
      kind: "table",
      columns: ["id", "tags", "more"],
      rows: [
        ["a", '{"x":1}', ""],
        ["b", "", "[2]"],
      ],
    });
  });

  test("a sign that is cut in two where the beginning ends is no fault of the file", () => {
    const bytes = new TextEncoder().encode("id,name\na,b\nc,ü").slice(0, -1);
    expect(previewOf(bytes, false)).toMatchObject({ rows: [["a", "b"]] });
  });
});

describe("files that cannot be shown say why", () => {
  test.each([
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x69, 0]), "UTF-16"],
    ["Latin-1", new Uint8Array([0x69, 0x0a, 0xfc, 0x0a]), "no UTF-8"],
    ["a zip", new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), "no text file"],
    ["a header alone", new TextEncoder().encode("id,name\n"), "no rows"],
    ["blank names", new TextEncoder().encode(",\na,b\n"), "no column names"],
    ["the same name twice", new TextEncoder().encode("id,id\na,b\n"), "called “id”"],
    ["an empty list", new TextEncoder().encode("[]"), "No device was found"],
    ["half an object", new TextEncoder().encode('{"id":'), "No device was found"],
  ])("%s", (_, bytes, words) => {
    expect(previewOf(bytes, true)).toEqual({
      kind: "unreadable",
      problem: expect.stringContaining(words) as string,
    });
  });
});
