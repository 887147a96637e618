import { expect, test } from "vitest";
import { mediaTypeOf } from "#components/batch/media-type.ts";

test.each([
  ["a list", '\n[{"id":1}]', "application/json"],
  ["an object around a list", '{\n  "things": [', "application/json"],
  ["the same on one line", '{"data":[{"name":"a"}],"hasNext":false}\n', "application/json"],
  ["an object that is cut off", '{"things":[{"thingName":"a', "application/json"],
  ["documents, one a line", '{"id":"a"}\n{"id":"b"}', "application/x-ndjson"],
  ["one document", '{"id":"a"}\n', "application/x-ndjson"],
  ["documents with lists inside", '{"id":"a","items":[1]}\n{"id":"b"}', "application/x-ndjson"],
  ["a list further inside", '{"id":"a","tags":{"items":[1]}}', "application/x-ndjson"],
  ["everything else", "id;name\n", "text/csv"],
])("%s is sent as what it is", (_, head, type) => {
  expect(mediaTypeOf(head)).toBe(type);
});
