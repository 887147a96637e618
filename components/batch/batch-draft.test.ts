import { describe, expect, test } from "vitest";
import {
  attributeOf,
  mappingProblem,
  nameOfFile,
  openInput,
  type BatchDraft,
} from "#components/batch/batch-draft.ts";
import { columnMapping } from "#server/domain/device-batch-schema.ts";

test.each([
  ["delivery 17.csv", "delivery 17"],
  ["week.47.ndjson", "week.47"],
  ["plain", "plain"],
])("the file %s suggests the name %s", (file, name) => {
  expect(nameOfFile(file)).toBe(name);
});

test.each([
  ["Line / cell", "attribute:Line_cell"],
  ["2nd check", "attribute:nd_check"],
  ["温度", "attribute:column"],
  ["x".repeat(200), `attribute:${"x".repeat(64)}`],
])("the column %s becomes %s", (column, target) => {
  expect(attributeOf(column)).toBe(target);
  expect(columnMapping.safeParse({ [column]: target }).success).toBe(true);
});

describe("a mapping", () => {
  test.each([
    [{ id: "deviceId", title: "name" }, undefined],
    [{ title: "name" }, undefined],
    [{ s: "serial" }, undefined],
    [{ m: "model" }, "Map one column to the device id, the name or the serial."],
    [
      { a: "deviceId", b: "deviceId" },
      "Two columns are mapped to “Device id”. Choose one of them.",
    ],
    [
      { a: "deviceId", b: "attribute:x", c: "attribute:x" },
      "Two columns are mapped to “Attribute x”. Choose one of them.",
    ],
  ])("%j", (mapping, problem) => {
    expect(mappingProblem(mapping)).toBe(problem);
  });
});

test("an import takes no mapping, and without quarantine there is no sample", () => {
  const draft: BatchDraft = {
    source: "aws",
    name: "Bulbs",
    profileId: "p",
    keys: "none",
    quarantine: false,
    sampleSize: "5",
    tags: " north, ,pilot ",
  };
  expect(openInput(draft, new File([], "things.json"), { a: "name" })).toEqual({
    source: "aws",
    name: "Bulbs",
    profileId: "p",
    fileName: "things.json",
    options: {
      keys: "none",
      quarantine: false,
      sampleSize: 0,
      tags: ["north", "pilot"],
      mapping: {},
    },
  });
});
